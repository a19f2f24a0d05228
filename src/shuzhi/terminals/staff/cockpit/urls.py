from __future__ import annotations

from django.urls import path, re_path

from shuzhi.terminals.staff.cockpit import city, district, indicator, town

urlpatterns = [
    path("cockpit/", city.show, name="cockpit"),
    path("cockpit/indicators/<str:indicator_id>/", indicator.show, name="indicator"),
    re_path(r"^cockpit/(?P<code>\d{6})/$", district.show, name="cockpit_district"),
    re_path(r"^cockpit/(?P<code>\d{9})/$", town.show, name="cockpit_town"),
]
