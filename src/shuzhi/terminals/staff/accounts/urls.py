from __future__ import annotations

from django.urls import path

from shuzhi.terminals.staff.accounts import views

urlpatterns = [
    path("sign-in/", views.show, name="sign_in"),
    path("sign-in/lift/", views.lift, name="sign_in_lift"),
    path("sign-in/end/", views.end, name="sign_in_end"),
]
