"""A few drawings on a grid of 16, drawn with one line of 1.5."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

PATHS = {
    "search": "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10ZM10.8 10.8 14 14",
    "tick": "M3 8.5 6.5 12 13 4.5",
    "plus": "M8 3v10M3 8h10",
    "cross": "M4 4l8 8M12 4l-8 8",
    "alert": "M8 2 14.5 13.5h-13ZM8 6.5v3M8 11.4v.2",
    "info": "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 7.2V11M8 5v.2",
    "clock": "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 4.6V8l2.4 1.6",
    "down": "M8 2.5v8M4.5 7.5 8 11l3.5-3.5M3 13.5h10",
    "columns": "M2.5 3h11v10h-11ZM6.2 3v10M9.8 3v10",
    "menu": "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
    "sound": "M2.5 6v4H5l3.5 3V3L5 6ZM11 5.8a3 3 0 0 1 0 4.4M12.8 4a5.6 5.6 0 0 1 0 8",
    "phone": "M4 2.5h2l1 3-1.4 1.2a8 8 0 0 0 3.7 3.7L10.5 9l3 1v2a1.5 1.5 0 0 1-1.6 1.5A10.4 10.4 0 0 1 2.5 4.1 1.5 1.5 0 0 1 4 2.5Z",
    "moon": "M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8Z",
    "sun": "M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9",
    "up": "M3 10.5 8 5l5 5.5",
    "next": "M6 3.5 10.5 8 6 12.5",
    "question": "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM6.3 6.4a1.75 1.75 0 1 1 2.6 1.6c-.6.3-.9.7-.9 1.3M8 11.3v.2",
}


def draw(name: str) -> SafeString:
    """The drawing as SVG; an unknown name is a mistake of the page."""
    body = '<path d="{}" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"/>'
    path = format_html(body, mark_safe(PATHS[name]))  # noqa: S308  (our own constants)
    return format_html(
        '<svg class="icon" width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" focusable="false">{}</svg>',
        path,
    )
