from __future__ import annotations

from django.urls import path

from shuzhi.terminals.staff.exchange import asking, interface, subscription, views

urlpatterns = [
    path("exchange/", views.listing, name="exchange"),
    path("exchange/interfaces/<slug:interface>/", interface.show, name="interface"),
    path("exchange/interfaces/<slug:interface>/publish/", interface.publish, name="interface_publish"),
    path("exchange/interfaces/<slug:interface>/request/", asking.ask, name="interface_request"),
    path("exchange/subscriptions/<int:number>/", subscription.show, name="subscription"),
    path("exchange/subscriptions/<int:number>/key/", subscription.key, name="subscription_key"),
    path("exchange/subscriptions/<int:number>/revoke/", subscription.revoke, name="subscription_revoke"),
]
