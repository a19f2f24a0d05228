from __future__ import annotations

from django.urls import path

from shuzhi.terminals.staff.ratings import views

urlpatterns = [path("ratings/", views.listing, name="ratings")]
