"""The addresses' answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from shuzhi.data.opendata.ogc import collections as sets
from shuzhi.data.opendata.ogc import document, features
from shuzhi.data.opendata.ogc.asking import asked
from shuzhi.data.opendata.ogc.coordinates import SYSTEMS, system
from shuzhi.data.opendata.ogc.errors import BadQuery, NoSuchAddress
from shuzhi.foundation import clock
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.text import storable
from shuzhi.pillars.security.guard import open_to_public

WHY = "open data sets with places are for everyone; rows come from released tables only"
PART_1, PART_2 = (
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf",
)
CONFORMS = [f"{PART_1}/core", f"{PART_1}/oas30", f"{PART_1}/geojson", f"{PART_2}/crs"]
View = Callable[..., HttpResponse]


def _answers(media_type: str) -> Callable[[Callable[..., Any]], View]:
    """What a function says, as JSON; a refusal in the platform's own shape."""

    def wrap(view: Callable[..., Any]) -> View:
        @csrf_exempt  # nothing can be changed here, and other methods hear that there is none
        @open_to_public(WHY)
        @require_safe
        @wraps(view)
        def respond(request: HttpRequest, **names: str) -> HttpResponse:
            if _wants_page(request):
                return _page(names.get("name", ""))
            try:
                if request.GET.get("f", "json") not in {"json", "geojson", media_type}:
                    raise BadQuery(parameter="f", reason="json or html", reason_zh="应为 json 或 html")
                said, status = view(request, **names), 200
            except PlatformError as error:
                said = error.as_dict() | {"description": str(error)}
                return _written(said, "application/json", error.http_status)
            response = _written(said, media_type, status)
            if media_type == sets.GEOJSON:
                crs = system("crs", request.GET.get("crs", ""))
                response["Content-Crs"] = f"<{crs}>"
            return response

        return respond

    return wrap


@_answers("application/json")
def landing(request: HttpRequest) -> dict[str, Any]:
    """Where everything is."""
    root = _root(request)
    links = (
        ("self", "", "application/json"),
        ("service-desc", "/api", document.MEDIA_TYPE),
        ("conformance", "/conformance", "application/json"),
        ("data", "/collections", "application/json"),
    )
    return {
        "title": "数治开放数据：空间要素",
        "description": "Open data sets with places, as OGC API Features",
        "links": [
            {"href": f"{root}{path or '/'}", "rel": rel, "type": kind, "title": rel}
            for rel, path, kind in links
        ],
    }


@_answers("application/json")
def conformance(request: HttpRequest) -> dict[str, Any]:
    """What of the standard is kept."""
    del request
    return {"conformsTo": CONFORMS}


@_answers(document.MEDIA_TYPE)
def api(request: HttpRequest) -> dict[str, Any]:
    """The OpenAPI document."""
    root = _root(request)
    return document.openapi([each["id"] for each in sets.collections(root=root)], root=root)


@_answers("application/json")
def collections(request: HttpRequest) -> dict[str, Any]:
    """All collections."""
    root = _root(request)
    here = {"href": f"{root}/collections", "rel": "self", "type": "application/json"}
    return {"links": [here], "crs": list(SYSTEMS), "collections": sets.collections(root=root)}


@_answers("application/json")
def collection(request: HttpRequest, name: str) -> dict[str, Any]:
    """One collection."""
    entry, release, _ = sets.found(storable(name))
    return sets.described(entry, release, root=_root(request))


@_answers("application/schema+json")
def queryables(request: HttpRequest, name: str) -> dict[str, Any]:
    """The properties by which features can be chosen."""
    return sets.queryables(*sets.found(storable(name)), root=_root(request))


@_answers(sets.GEOJSON)
def items(request: HttpRequest, name: str) -> dict[str, Any]:
    """A page of features."""
    _, release, place = sets.found(storable(name))
    given = request.GET.dict()
    wanted = asked(given, release, place)
    return features.page(release, place, wanted, given, root=_root(request), at=clock.now())


@_answers(sets.GEOJSON)
def item(request: HttpRequest, name: str, number: str) -> dict[str, Any]:
    """One feature."""
    _, release, place = sets.found(storable(name))
    crs = system("crs", request.GET.get("crs", ""))
    return features.one(release, place, number, crs=crs, root=_root(request))


@_answers("application/json")
def nowhere(request: HttpRequest) -> dict[str, Any]:
    """Nothing is at this address."""
    raise NoSuchAddress(path=request.path[:100])


def _wants_page(request: HttpRequest) -> bool:
    """Whether a person looks: `f=html`, or a browser, which accepts pages and speaks of no JSON."""
    accepts = request.headers.get("Accept", "")
    return request.GET.get("f", "html" if "text/html" in accepts and "json" not in accepts else "") == "html"


def _page(name: str) -> HttpResponse:
    """The data set's page of the portal; it has the same rows, to be looked at and downloaded."""
    found = HttpResponse(status=303, headers={"Location": f"/data/{name}/" if name else "/data/"})
    found["Vary"] = "Accept"
    return found


def _root(request: HttpRequest) -> str:
    return request.build_absolute_uri("/ogc")


def _written(said: dict[str, Any], media_type: str, status: int) -> HttpResponse:
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    response = HttpResponse(text, content_type=media_type, status=status)
    response["Access-Control-Allow-Origin"] = "*"
    response["Vary"] = "Accept"
    return response
