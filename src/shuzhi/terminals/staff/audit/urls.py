from __future__ import annotations

from django.urls import path

from shuzhi.terminals.staff.audit import subjects, views

urlpatterns = [
    path("audit/", views.listing, name="audit"),
    path("audit/subjects/", subjects.ask, name="audit_subjects"),
]
