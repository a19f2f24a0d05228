from __future__ import annotations

from django.urls import path

from shuzhi.terminals.staff.quality import dataset, issues, views

urlpatterns = [
    path("quality/", views.scorecards, name="quality"),
    path("quality/issues/", issues.listing, name="issues"),
    path("quality/<slug:dataset>/", dataset.show, name="dataset_quality"),
]
