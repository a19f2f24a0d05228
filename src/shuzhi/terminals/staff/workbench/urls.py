from __future__ import annotations

from django.urls import path

from shuzhi.terminals.staff.workbench import dossiers, views

urlpatterns = [
    path("", views.home, name="home"),
    path("dossiers/<int:number>/", dossiers.show, name="dossier"),
    path("dossiers/<int:number>/steps/<slug:action>/", dossiers.step, name="dossier_step"),
]
