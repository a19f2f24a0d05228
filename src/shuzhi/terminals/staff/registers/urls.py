from __future__ import annotations

from django.urls import path

from shuzhi.terminals.staff.registers import building, conflicts, entity, views

urlpatterns = [
    path("registers/", views.listing, name="registers"),
    path("registers/<slug:register>/", views.show, name="register"),
    path("registers/<slug:register>/build/", building.build, name="register_build"),
    path("registers/<slug:register>/building/", building.state, name="register_build_state"),
    path("registers/<slug:register>/conflicts/", conflicts.listing, name="register_conflicts"),
    path("registers/<slug:register>/<str:entity>/", entity.show, name="entity"),
]
