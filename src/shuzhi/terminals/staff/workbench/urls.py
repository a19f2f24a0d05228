from __future__ import annotations

from django.urls import path

from shuzhi.terminals.staff.workbench import cases, dossiers, hands, views

urlpatterns = [
    path("", views.home, name="home"),
    path("dossiers/<int:number>/", dossiers.show, name="dossier"),
    path("dossiers/<int:number>/steps/<slug:action>/", dossiers.step, name="dossier_step"),
    path("cases/<int:number>/", cases.show, name="case"),
    path("cases/<int:number>/drawing.bpmn", cases.drawing, name="case_drawing"),
    path("cases/<int:number>/tasks/<int:task>/", cases.finish, name="case_finish"),
    path("cases/<int:number>/tasks/<int:task>/form/", cases.fill, name="case_fill"),
    path("items/<slug:kind>/<int:number>/<slug:what>/", hands.handle, name="handle"),
]
