"""Addresses of the switches and of the page that shows every part."""

from __future__ import annotations

from django.urls import path

from shuzhi.terminals.design import gallery, maps, views

app_name = "design"

urlpatterns = [
    path("preferences/language", views.set_language, name="language"),
    path("preferences/mode", views.set_mode, name="mode"),
    path("maps/<slug:name>.geojson", maps.boundaries, name="map"),
    path("staff/design/", gallery.parts, name="parts"),
    path("staff/design/progress", gallery.progress, name="progress"),
    path("staff/design/public/", gallery.public_page, name="public"),
    path("staff/design/cockpit/", gallery.cockpit_page, name="cockpit"),
    path("staff/design/refusal/", gallery.refusal_page, name="refusal"),
    path("staff/design/errors/<int:status>/", gallery.error_page, name="error"),
]
