from __future__ import annotations

from django.urls import path

from shuzhi.terminals.staff.sources import batch_list, batches, handing_in, proposing, registering, views

urlpatterns = [
    path("sources/", views.listing, name="sources"),
    path("sources/propose/", proposing.look, name="source_propose"),
    path("sources/register/", registering.register, name="source_register"),
    path("sources/<slug:source>/", views.show, name="source"),
    path("sources/<slug:source>/hand-in/", handing_in.hand_in, name="source_hand_in"),
    path("batches/", batch_list.listing, name="batches"),
    path("batches/<slug:batch>/", batches.show, name="batch"),
    path("batches/<slug:batch>/progress/", batches.progress, name="batch_progress"),
    path("batches/<slug:batch>/collect/", batches.collect, name="batch_collect"),
]
