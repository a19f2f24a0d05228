from __future__ import annotations

from django.urls import path

from shuzhi.terminals.staff.packs import views

urlpatterns = [path("packs/", views.listing, name="packs")]
