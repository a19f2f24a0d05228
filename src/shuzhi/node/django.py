"""Django settings of a node (配置), derived from our own typed settings; nothing is set twice.

`SHUZHI_APPLICATION` is no setting but which process this is: it picks the database role and names the
connections, so that `pg_stat_activity` tells the web from the worker.
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from shuzhi.foundation import database
from shuzhi.foundation.secrets import secret
from shuzhi.foundation.settings import settings

_settings = settings()
_source = Path(__file__).resolve().parent.parent
_checkout = _source.parent.parent
_process = os.environ.get("PROCESS", "console")

SECRET_KEY = secret(_settings.home, "django")
DEBUG = _settings.debug
ALLOWED_HOSTS = list(_settings.allowed_hosts)
ROOT_URLCONF = "shuzhi.node.urls"
WSGI_APPLICATION = "shuzhi.node.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = _settings.home / "static"
# Front-end packages are served from where npm put them, under /static/npm/.
_npm = _checkout / "node_modules"
STATICFILES_DIRS = [("npm", str(_npm))] if _npm.is_dir() else []
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"


def _connection(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        # A server that restarts is noticed before a request meets a dead connection.
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "application_name": f"shuzhi-{_process}",
            "pool": {"min_size": 1, "max_size": 8, "timeout": 10, "max_idle": 60},
        },
    }


DATABASES = {"default": _connection(database.database_url())}
