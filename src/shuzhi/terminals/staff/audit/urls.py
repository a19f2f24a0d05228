from __future__ import annotations

from django.urls import path

from shuzhi.terminals.staff.audit import views

urlpatterns = [path("audit/", views.listing, name="audit")]
