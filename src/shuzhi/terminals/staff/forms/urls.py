from __future__ import annotations

from django.urls import path

from shuzhi.terminals.staff.forms import submissions, views

urlpatterns = [
    path("forms/", views.forms, name="forms"),
    path("forms/submissions/", submissions.submissions, name="submissions"),
    path("forms/submissions/<slug:number>/", submissions.submission, name="submission"),
    path(
        "forms/submissions/<slug:filling>/files/<slug:field>/<slug:sha256>/",
        submissions.submission_file,
        name="submission_file",
    ),
    path("forms/<slug:form_id>/start/", views.start, name="form_start"),
    path("forms/fillings/<slug:filling>/pages/<slug:page_id>/", views.filling_page, name="filling_page"),
    path("forms/fillings/<slug:filling>/check/", views.filling_check, name="filling_check"),
    path("forms/fillings/<slug:filling>/done/", views.filling_done, name="filling_done"),
]
