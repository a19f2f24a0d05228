from __future__ import annotations

from django.urls import path

from shuzhi.terminals.staff.sources import batches, handing_in, proposing, views

urlpatterns = [
    path("sources/", views.listing, name="sources"),
    path("sources/propose/", proposing.look, name="source_propose"),
    path("sources/<slug:source>/", views.show, name="source"),
    path("sources/<slug:source>/hand-in/", handing_in.hand_in, name="source_hand_in"),
    path("batches/<slug:batch>/", batches.show, name="batch"),
    path("batches/<slug:batch>/progress/", batches.progress, name="batch_progress"),
    path("batches/<slug:batch>/collect/", batches.collect, name="batch_collect"),
]
