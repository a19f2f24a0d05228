"""The addresses of OGC API Features; with and without the slash at the end."""

from __future__ import annotations

from django.urls import re_path

from shuzhi.data.opendata.ogc import views

app_name = "ogc"
NAME = r"(?P<name>[a-z0-9-]+)"

urlpatterns = [
    re_path(r"^$", views.landing, name="landing"),
    re_path(r"^api/?$", views.api, name="api"),
    re_path(r"^conformance/?$", views.conformance, name="conformance"),
    re_path(r"^collections/?$", views.collections, name="collections"),
    re_path(rf"^collections/{NAME}/?$", views.collection, name="collection"),
    re_path(rf"^collections/{NAME}/queryables/?$", views.queryables, name="queryables"),
    re_path(rf"^collections/{NAME}/items/?$", views.items, name="items"),
    re_path(rf"^collections/{NAME}/items/(?P<number>[0-9]{{1,18}})/?$", views.item, name="item"),
    re_path(r"", views.nowhere, name="nowhere"),
]
