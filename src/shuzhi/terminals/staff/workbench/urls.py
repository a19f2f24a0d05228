from __future__ import annotations

from django.urls import path

from shuzhi.terminals.staff.workbench import cases, dossiers, hands, loops, views

urlpatterns = [
    path("", views.home, name="home"),
    path("dossiers/<int:number>/", dossiers.show, name="dossier"),
    path("dossiers/<int:number>/steps/<slug:action>/", dossiers.step, name="dossier_step"),
    path("dossiers/<int:number>/drawing/", loops.dossier, name="dossier_drawing"),
    path("dossiers/<int:number>/drawing.bpmn", loops.dossier_bpmn, name="dossier_bpmn"),
    path("loops/<slug:loop_id>/", loops.loop, name="loop"),
    path("loops/<slug:loop_id>/drawing.bpmn", loops.loop_drawing, name="loop_drawing"),
    path("cases/<int:number>/", cases.show, name="case"),
    path("cases/<int:number>/drawing.bpmn", cases.drawing, name="case_drawing"),
    path("cases/<int:number>/tasks/<int:task>/", cases.finish, name="case_finish"),
    path("cases/<int:number>/tasks/<int:task>/form/", cases.fill, name="case_fill"),
    path("items/<slug:kind>/<int:number>/<slug:what>/", hands.handle, name="handle"),
]
