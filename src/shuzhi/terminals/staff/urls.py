"""The staff terminal's addresses, room by room."""

from __future__ import annotations

from django.urls import path

from shuzhi.terminals.staff import signing_in

app_name = "staff"

urlpatterns = [
    path("login/", signing_in.sign_in, name="login"),
    path("logout/", signing_in.sign_out, name="logout"),
]
