from __future__ import annotations

from django.urls import path

from shuzhi.terminals.staff.payments import order, views

urlpatterns = [
    path("payments/", views.listing, name="payments"),
    path("payments/reconcile/", views.reconcile, name="payments_reconcile"),
    path("payments/orders/<slug:order>/", order.show, name="payment_order"),
    path("payments/orders/<slug:order>/<slug:what>/", order.act, name="payment_act"),
]
