from __future__ import annotations

from django.urls import path

from shuzhi.terminals.staff.archive import views

urlpatterns = [
    path("archive/", views.listing, name="archive"),
    path("archive/<slug:record>/", views.show, name="archive_record"),
    path("archive/<slug:record>/<slug:what>/", views.act, name="archive_act"),
]
