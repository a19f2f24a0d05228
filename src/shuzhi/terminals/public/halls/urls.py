from __future__ import annotations

from django.urls import path

from shuzhi.terminals.public.halls import kiosk, looking_up, views

HALLS = (
    path("halls/", views.halls, name="halls"),
    path("halls/<slug:name>/", views.hall, name="hall"),
    path("halls/<slug:name>/book/", views.book, name="hall-book"),
    path("halls/<slug:name>/appointments/<int:number>/cancel/", views.cancel, name="hall-cancel"),
    path("halls/<slug:name>/screen/", views.screen, name="hall-screen"),
    path("halls/<slug:name>/screen/now.json", views.screen_now, name="hall-screen-now"),
    path("kiosk/", kiosk.home, name="kiosk"),
    path("kiosk/setup/", kiosk.setup, name="kiosk-setup"),
    path("kiosk/number/", kiosk.number, name="kiosk-number"),
    path("kiosk/check-in/", kiosk.check_in, name="kiosk-check-in"),
    path("kiosk/cases/", looking_up.case, name="kiosk-case"),
    path("kiosk/tickets/<int:number>/", kiosk.ticket, name="kiosk-ticket"),
)
