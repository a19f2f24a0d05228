from __future__ import annotations

from django.urls import path

from shuzhi.terminals.staff.halls import views

urlpatterns = [
    path("halls/", views.halls, name="halls"),
    path("halls/<slug:hall>/<slug:name>/", views.window, name="hall_window"),
    path("halls/<slug:hall>/<slug:name>/start/", views.start, name="hall_start"),
    path("halls/<slug:hall>/<slug:name>/<slug:what>/", views.act, name="hall_act"),
]
