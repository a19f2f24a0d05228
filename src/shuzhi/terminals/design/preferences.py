"""What a person chose for their pages: language, elder mode, theme; kept in cookies, needs no account and no script."""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest, HttpResponse

LANGUAGES = {"zh": "zh-hans", "en": "en"}
YEAR = 365 * 24 * 3600
KIOSK = "shuzhi_kiosk"
LANGUAGE, ELDER, THEME = "shuzhi_language", "shuzhi_elder", "shuzhi_theme"


def language(request: HttpRequest) -> str:
    """The chosen language as Django names it; Chinese until somebody chooses, whatever the browser asks for."""
    return LANGUAGES.get(request.COOKIES.get(LANGUAGE, ""), LANGUAGES["zh"])


def is_elder(request: HttpRequest) -> bool:
    """Whether the person asked for large text and fewer choices (长辈版); a kiosk always shows them so."""
    return request.COOKIES.get(ELDER) == "on" or bool(kiosk(request))


def kiosk(request: HttpRequest) -> str:
    """The hall whose kiosk (自助机) this is; empty on everybody's own devices."""
    return request.COOKIES.get(KIOSK, "")[:60]


def theme(request: HttpRequest | None) -> Literal["light", "dark"]:
    """Light, unless dark was chosen."""
    return "dark" if request is not None and request.COOKIES.get(THEME) == "dark" else "light"


def remember(response: HttpResponse, cookie: str, value: str) -> None:
    """Keep one choice for a year."""
    response.set_cookie(cookie, value, max_age=YEAR, samesite="Lax", httponly=True)
