"""Django settings (配置), derived from the node's typed settings; nothing is set twice."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from shuzhi.foundation import database
from shuzhi.foundation.secrets import secret
from shuzhi.foundation.settings import settings

NODE = settings()
# No setting but which process this is: it names the connections, so that pg_stat_activity tells them apart.
PROCESS = os.environ.get("PROCESS", "console")
PACKAGE = Path(__file__).resolve().parent.parent
CHECKOUT = PACKAGE.parent.parent

SECRET_KEY = secret(NODE.home, "django")
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
    "shuzhi.data.sources",
    "shuzhi.packs",
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


def _connection() -> dict[str, Any]:
    try:
        url = urlsplit(database.database_url())
    except database.NotRunning:
        # Checks of types and packs need no database; whoever connects without one is told so.
        url = urlsplit("postgresql://nobody@127.0.0.1:1/not-running")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": url.hostname or "",
        "PORT": str(url.port or ""),
        "NAME": url.path.lstrip("/"),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        # A server that restarts is noticed before a request meets a dead connection.
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "application_name": f"shuzhi-{PROCESS}",
            "pool": {"min_size": 1, "max_size": 8, "timeout": 10, "max_idle": 60},
        },
    }


DATABASES: dict[str, dict[str, Any]] = {"default": _connection()}
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

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
