from __future__ import annotations

from django.urls import path, re_path

from shuzhi.terminals.staff.secops import access, assessment, assets, drills, incident, views

urlpatterns = [
    path("secops/", views.listing, name="secops"),
    path("secops/report/", views.report, name="secops_report"),
    path("secops/<int:number>/", incident.show, name="incident"),
    path("secops/<int:number>/contain/", incident.contain, name="incident_contain"),
    path("secops/<int:number>/dismiss/", incident.dismiss, name="incident_dismiss"),
    path("secops/<int:number>/evidence/", incident.evidence, name="incident_evidence"),
    path("secops/assets/", assets.listing, name="secops_assets"),
    path("secops/assets/take/", assets.take, name="secops_take"),
    path("secops/assets/review/", assets.review, name="secops_review"),
    path("secops/access/", access.listing, name="secops_access"),
    path("secops/access/admit/", access.admit, name="secops_admit"),
    path("secops/access/end/", access.end, name="secops_access_end"),
    path("secops/access/review/", access.review, name="secops_access_review"),
    path("secops/drills/", drills.listing, name="secops_drills"),
    path("secops/drills/plan/", drills.plan, name="secops_plan"),
    path("secops/drills/<int:number>/", drills.show, name="secops_drill"),
    re_path(
        r"^secops/drills/(?P<number>[0-9]{1,9})/(?P<what>start|inject|note|close)/$",
        drills.step,
        name="secops_drill_step",
    ),
    path("secops/assessment/", assessment.show, name="secops_assessment"),
    path("secops/assessment/assess/", assessment.assess, name="secops_assess"),
    path("secops/assessment/state/", assessment.state, name="secops_state"),
]
