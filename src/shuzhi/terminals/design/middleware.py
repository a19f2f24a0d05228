"""Puts the request into the language that the person chose."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from shuzhi.terminals.design import preferences


def speak_chosen_language(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Chinese until somebody chooses English; the browser's own language is not asked, so that links look alike to all."""

    def respond(request: HttpRequest) -> HttpResponse:
        with translation.override(preferences.language(request)):
            response = get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or "")
            return response

    return respond
