from __future__ import annotations

from django.urls import path

from shuzhi.terminals.staff.contests import views

urlpatterns = [
    path("contests/", views.listing, name="contests"),
    path("contests/new/", views.new, name="contest_new"),
    path("contests/<slug:name>/", views.show, name="contest"),
]
