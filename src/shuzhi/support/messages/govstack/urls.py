"""The contract's addresses, with and without its base path and a slash at the end."""

from __future__ import annotations

from django.urls import re_path

from shuzhi.support.messages.govstack import mail

urlpatterns = [
    re_path(r"^(?:v1/)?send/email/single/?$", mail.single, name="govstack-mail-single"),
    re_path(r"^(?:v1/)?send/email/batch/?$", mail.batch, name="govstack-mail-batch"),
    re_path(r"^(?:v1/)?callback/email/?$", mail.callback, name="govstack-mail-callback"),
    re_path(r"^(?:v1/)?status/email/?$", mail.status, name="govstack-mail-status"),
]
