from __future__ import annotations

from django.urls import path

from shuzhi.terminals.staff.credentials import asking, views

urlpatterns = [
    path("credentials/", views.listing, name="credentials"),
    path("credentials/ask/", asking.ask, name="credentials_ask"),
    path("credentials/uses/<int:use>/", asking.use, name="credentials_use"),
    path("credentials/scan/", asking.scan, name="credentials_scan"),
    path("credentials/<slug:number>/", views.one, name="credential"),
    path("credentials/<slug:number>/turn/", views.turn, name="credential_turn"),
]
