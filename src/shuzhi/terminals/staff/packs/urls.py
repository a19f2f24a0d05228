from __future__ import annotations

from django.urls import path

from shuzhi.terminals.staff.packs import one, views

urlpatterns = [
    path("packs/", views.listing, name="packs"),
    path("packs/<slug:field>/<slug:pack>/", one.show, name="pack"),
]
