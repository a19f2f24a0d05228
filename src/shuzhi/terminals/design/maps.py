"""Boundaries for maps: the division pack's own files, so that no second copy exists."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.cache import cache_control

from shuzhi.pillars.organization import places
from shuzhi.pillars.security.guard import open_to_public


@open_to_public("boundaries are open data, and public pages draw them too")
@cache_control(public=True, max_age=86_400)
def boundaries(request: HttpRequest, name: str) -> FileResponse:
    """One file of boundaries with the division code of each part."""
    del request
    file = places.boundary_file(name)
    if file is None:
        raise Http404
    return FileResponse(file.open("rb"), content_type="application/geo+json")
