"""Django settings, derived from the node's typed settings. Nothing here reads the environment itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from shuzhi.foundation.database import connection_settings
from shuzhi.foundation.secrets import secret
from shuzhi.foundation.settings import settings

NODE = settings()
PACKAGE = Path(__file__).resolve().parent.parent
CHECKOUT = PACKAGE.parent.parent

SECRET_KEY = secret("django")
DEBUG = NODE.debug
ALLOWED_HOSTS = list(NODE.allowed_hosts)

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    "shuzhi.foundation.outbox",
    "shuzhi.pillars.security",
    "shuzhi.pillars.organization",
    "shuzhi.support.identity",
    "shuzhi.support.workflow",
    "shuzhi.data.catalog",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "shuzhi.support.identity.middleware.ActorMiddleware",
]

ROOT_URLCONF = "shuzhi.node.urls"
WSGI_APPLICATION = "shuzhi.node.wsgi.application"
DATABASES: dict[str, dict[str, Any]] = {"default": connection_settings()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "identity.Account"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = NODE.home / "static"
NPM = CHECKOUT / "node_modules"
STATICFILES_DIRS = [("npm", NPM)] if NPM.is_dir() else []
WHITENOISE_USE_FINDERS = True

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
