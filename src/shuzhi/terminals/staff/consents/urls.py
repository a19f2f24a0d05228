from __future__ import annotations

from django.urls import path

from shuzhi.terminals.staff.consents import views, window

urlpatterns = [
    path("consents/", views.listing, name="consents"),
    path("consents/record/", window.record, name="consent_record"),
    path("consents/<slug:name>/", window.show, name="consent"),
    path("consents/<slug:name>/withdraw/", window.withdraw, name="consent_withdraw"),
]
