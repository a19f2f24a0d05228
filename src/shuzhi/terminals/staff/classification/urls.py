from __future__ import annotations

from django.urls import path

from shuzhi.terminals.staff.classification import views

urlpatterns = [path("classification/", views.listing, name="classification")]
