from __future__ import annotations

from django.urls import path

from shuzhi.terminals.staff.catalog import (
    dataset,
    disclosure,
    editing,
    exporting,
    opening,
    opening_turn,
    versions,
    views,
)

urlpatterns = [
    path("catalog/", views.search, name="catalog"),
    path("catalog/<slug:dataset>/", dataset.show, name="dataset"),
    path("catalog/<slug:dataset>/publish/", dataset.publish, name="dataset_publish"),
    path("catalog/<slug:dataset>/open/", opening.open_it, name="dataset_open"),
    path("catalog/<slug:dataset>/opening/", opening_turn.state, name="dataset_opening_state"),
    path("catalog/<slug:dataset>/withdraw/", opening.withdraw, name="dataset_withdraw"),
    path("catalog/<slug:dataset>/edit/", editing.edit, name="dataset_edit"),
    path("catalog/<slug:dataset>/export/", exporting.export, name="dataset_export"),
    path("catalog/<slug:dataset>/disclosure/", disclosure.show, name="dataset_disclosure"),
    path("catalog/<slug:dataset>/versions/", versions.show, name="dataset_versions"),
]
