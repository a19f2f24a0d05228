"""What base templates need to know of the reader's choices."""

from __future__ import annotations

from django.http import HttpRequest

from shuzhi.terminals.design import preferences
from shuzhi.terminals.design.types.said import is_chinese


def reader(request: HttpRequest) -> dict[str, object]:
    """Context processor: language, elder mode and theme; actor, rooms and demo come from the node."""
    return {
        "lang": "zh" if is_chinese() else "en",
        "elder": preferences.is_elder(request),
        "kiosk": preferences.kiosk(request),
        "theme": preferences.theme(request),
    }
