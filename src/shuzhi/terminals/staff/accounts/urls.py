from __future__ import annotations

from django.urls import path

from shuzhi.terminals.staff.accounts import guardians, listing, one, own, views

urlpatterns = [
    path("sign-in/", views.show, name="sign_in"),
    path("sign-in/lift/", views.lift, name="sign_in_lift"),
    path("sign-in/end/", views.end, name="sign_in_end"),
    path("sign-in/sessions/end/", own.end_one, name="session_end"),
    path("sign-in/password/", own.password, name="own_password"),
    path("sign-in/second/", own.second, name="own_second"),
    path("sign-in/second/recovery/", own.recovery, name="own_recovery"),
    path("sign-in/second/off/", own.off, name="own_second_off"),
    path("guardians/", guardians.guardians, name="guardians"),
    path("accounts/", listing.show, name="accounts"),
    path("accounts/new/", listing.new, name="account_new"),
    path("accounts/<str:username>/", one.show, name="account"),
    path("accounts/<str:username>/change/", one.change, name="account_change"),
    path("accounts/<str:username>/password/", one.give, name="account_password"),
    path("accounts/<str:username>/second/", one.reset, name="account_second"),
    path("accounts/<str:username>/close/", one.close, name="account_close"),
    path("accounts/<str:username>/reopen/", one.reopen, name="account_reopen"),
]
