from __future__ import annotations

from django.urls import path

from shuzhi.terminals.staff.benefits import finding, ledger, policy, views

urlpatterns = [
    path("benefits/", views.listing, name="benefits"),
    path("benefits/<slug:policy>/", policy.show, name="benefit_policy"),
    path("benefits/<slug:policy>/run/", policy.run, name="benefit_run"),
    path("benefits/<slug:policy>/ledger/", ledger.show, name="benefit_ledger"),
    path("benefits/<slug:policy>/reconcile/", ledger.reconcile, name="benefit_reconcile"),
    path("benefits/findings/<int:number>/", finding.show, name="benefit_finding"),
    path("benefits/findings/<int:number>/<slug:what>/", finding.act, name="benefit_act"),
]
