from __future__ import annotations

from django.urls import path

from shuzhi.terminals.staff.secops import incident, views

urlpatterns = [
    path("secops/", views.listing, name="secops"),
    path("secops/<int:number>/", incident.show, name="incident"),
    path("secops/<int:number>/contain/", incident.contain, name="incident_contain"),
    path("secops/<int:number>/dismiss/", incident.dismiss, name="incident_dismiss"),
]
