from __future__ import annotations

from django.urls import path

from shuzhi.terminals.staff.hotline import request as one
from shuzhi.terminals.staff.hotline import views

urlpatterns = [
    path("hotline/", views.listing, name="hotline"),
    path("hotline/take-in/", views.take_in, name="hotline_take_in"),
    path("hotline/<slug:request_number>/", one.show, name="hotline_request"),
    path("hotline/<slug:request_number>/<slug:what>/", one.act, name="hotline_act"),
]
