from __future__ import annotations

from django.urls import path

from shuzhi.terminals.staff.matters import case, figures, views

urlpatterns = [
    path("matters/", views.listing, name="matters"),
    path("matters/figures/", figures.show, name="matter_figures"),
    path("matters/<slug:number>/", case.show, name="matter_case"),
    path("matters/<slug:number>/files/<slug:field>/<slug:sha256>/", case.came_file, name="matter_file"),
    path("matters/<slug:number>/<slug:what>/", case.act, name="matter_act"),
]
