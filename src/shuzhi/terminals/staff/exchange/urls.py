from __future__ import annotations

from django.urls import path

from shuzhi.terminals.staff.exchange import (
    asking,
    documents,
    events,
    health,
    interface,
    jobs,
    limiting,
    nodes,
    subscription,
    views,
)

urlpatterns = [
    path("exchange/", views.listing, name="exchange"),
    path("exchange/interfaces/<slug:interface>/", interface.show, name="interface"),
    path("exchange/interfaces/<slug:interface>/publish/", interface.publish, name="interface_publish"),
    path("exchange/interfaces/<slug:interface>/request/", asking.ask, name="interface_request"),
    path("exchange/nodes/", nodes.listing, name="exchange_nodes"),
    path("exchange/nodes/<slug:node>/", nodes.show, name="exchange_node"),
    path("exchange/nodes/<slug:node>/trust/", nodes.trust, name="exchange_node_trust"),
    path("exchange/health/", health.show, name="exchange_health"),
    path("exchange/interfaces/<slug:interface>/documents/", documents.show, name="interface_documents"),
    path("exchange/interfaces/<slug:interface>/openapi.json", documents.openapi, name="interface_openapi"),
    path("exchange/interfaces/<slug:interface>/deprecate/", interface.deprecate, name="interface_deprecate"),
    path("exchange/interfaces/<slug:interface>/sandbox/", interface.sandbox, name="interface_sandbox"),
    path("exchange/subscriptions/<int:number>/events/", events.show, name="subscription_events"),
    path("exchange/subscriptions/<int:number>/redeliver/", events.redeliver, name="subscription_redeliver"),
    path("exchange/subscriptions/<int:number>/set-aside/", events.set_aside, name="subscription_set_aside"),
    path(
        "exchange/subscriptions/<int:number>/version/",
        subscription.change_version,
        name="subscription_version",
    ),
    path("exchange/subscriptions/<int:number>/jobs/", jobs.show, name="subscription_jobs"),
    path("exchange/subscriptions/<int:number>/jobs/<int:job>/file/", jobs.download, name="subscription_file"),
    path("exchange/subscriptions/<int:number>/limit/", limiting.limit, name="subscription_limit"),
    path("exchange/subscriptions/<int:number>/", subscription.show, name="subscription"),
    path("exchange/subscriptions/<int:number>/key/", subscription.key, name="subscription_key"),
    path("exchange/subscriptions/<int:number>/revoke/", subscription.revoke, name="subscription_revoke"),
]
