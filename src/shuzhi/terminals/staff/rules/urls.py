from __future__ import annotations

from django.urls import path

from shuzhi.terminals.staff.rules import decision, listing, replaying

urlpatterns = [
    path("rules/", listing.listing, name="rules"),
    path("rules/<slug:rules>/", listing.show, name="rules_file"),
    path("rules/<slug:rules>/replay/", replaying.ask, name="rules_replay"),
    path("rules/<slug:rules>/replays/<int:replay>/", replaying.show, name="rules_replayed"),
    path("rules/<slug:rules>/replays/<int:replay>/state/", replaying.state, name="rules_replay_state"),
    path("rules/<slug:rules>/decisions/<str:part>/", decision.show, name="decision"),
    path("rules/<slug:rules>/decisions/<str:part>/trees.json", decision.trees, name="decision_trees"),
]
