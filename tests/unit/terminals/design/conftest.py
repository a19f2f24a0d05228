"""The design system stands alone: without the node's settings it runs on the few that it needs."""

from __future__ import annotations

import os

import django
import pytest
from django.conf import settings
from django.urls import include, path
from django.utils import translation

urlpatterns = [path("", include("shuzhi.terminals.design.urls"))]

READER = "shuzhi.terminals.design.context.reader"
REQUEST = "django.template.context_processors.request"

if not settings.configured and "DJANGO_SETTINGS_MODULE" not in os.environ:
    settings.configure(
        SECRET_KEY="for tests only",
        ROOT_URLCONF=__name__,
        INSTALLED_APPS=["django.contrib.staticfiles", "shuzhi.terminals.design"],
        MIDDLEWARE=["shuzhi.terminals.design.middleware.speak_chosen_language"],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {"context_processors": [REQUEST, READER]},
            },
        ],
        STATIC_URL="/static/",
        USE_TZ=True,
        TIME_ZONE="Asia/Shanghai",
        LANGUAGE_CODE="zh-hans",
        LANGUAGES=[("zh-hans", "中文"), ("en", "English")],
    )
    django.setup()


@pytest.fixture(autouse=True)
def in_chinese():
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def in_english():
    with translation.override("en"):
        yield
