from __future__ import annotations

from django.urls import path

from shuzhi.terminals.staff.market import contracts, statements, views

urlpatterns = [
    path("market/", views.listing, name="market"),
    path("market/settle/", views.settle, name="market_settle"),
    path("market/contracts/new/", contracts.new, name="market_contract_new"),
    path("market/contracts/<int:number>/", contracts.show, name="market_contract"),
    path("market/statements/<slug:number>/", statements.show, name="market_statement"),
    path("market/statements/<slug:number>/<slug:what>/", statements.act, name="market_statement_act"),
]
