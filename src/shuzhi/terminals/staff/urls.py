"""The staff terminal's addresses, room by room."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from shuzhi.terminals.staff import signing_in

app_name = "staff"

ROOMS = (
    "workbench",
    "sources",
    "catalog",
    "quality",
    "registers",
    "exchange",
    "rules",
    "benefits",
    "matters",
    "payments",
    "archive",
    "hotline",
    "ratings",
    "forms",
    "halls",
    "credentials",
    "audit",
    "accounts",
    "classification",
    "secops",
    "consents",
    "market",
    "contests",
    "packs",
    "search",
    "cockpit",
)


def _rooms() -> list[URLResolver]:
    """The addresses of every room that this build has pages for."""
    here = [
        f"shuzhi.terminals.staff.{room}.urls" for room in ROOMS if find_spec(f"shuzhi.terminals.staff.{room}")
    ]
    return [path("", include(addresses)) for addresses in here]


urlpatterns: list[URLPattern | URLResolver] = [
    path("login/", signing_in.sign_in, name="login"),
    path("login/steps/", signing_in.steps, name="login_steps"),
    path("logout/", signing_in.sign_out, name="logout"),
    *_rooms(),
]
