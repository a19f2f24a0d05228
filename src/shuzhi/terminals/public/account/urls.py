from __future__ import annotations

from django.urls import path

from shuzhi.terminals.public.account import consenting, delegations, own

ACCOUNT = (
    path("openid/authorize", consenting.authorize, name="openid-authorize"),
    path("my/account/applications/<slug:client>/withdraw/", own.withdraw, name="my-application-end"),
    path("my/account/", own.show, name="my-account"),
    path("my/account/password/", own.password, name="my-password"),
    path("my/account/second/", own.second, name="my-second"),
    path("my/account/second/recovery/", own.recovery, name="my-recovery"),
    path("my/account/second/off/", own.off, name="my-second-off"),
    path("my/account/sessions/end/", own.end_one, name="my-session-end"),
    path("my/account/sessions/end-all/", own.end_all, name="my-sessions-end"),
    path("my/account/acting/", delegations.act, name="my-acting"),
    path("my/account/delegations/", delegations.show, name="my-delegations"),
    path("my/account/delegations/give/", delegations.give, name="my-delegation-give"),
    path("my/account/delegations/accept/", delegations.accept, name="my-delegation-accept"),
    path("my/account/delegations/<int:number>/accept/", delegations.accept_noted, name="my-delegation-noted"),
    path("my/account/delegations/<int:number>/end/", delegations.end, name="my-delegation-end"),
)
