"""Django settings of a node (配置), derived from our own typed settings; nothing is set twice."""

from __future__ import annotations

from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from shuzhi.foundation import database
from shuzhi.foundation.secrets import secret
from shuzhi.foundation.settings import settings
from shuzhi.node.rights import role_of

_settings = settings()
_checkout = Path(__file__).resolve().parents[3]

SECRET_KEY = secret(_settings.home, "django")
DEBUG = _settings.debug
ALLOWED_HOSTS = list(_settings.allowed_hosts)
ROOT_URLCONF = "shuzhi.node.urls"
WSGI_APPLICATION = "shuzhi.node.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "identity.Account"
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

INSTALLED_APPS = [
    "django.contrib.auth",  # its middleware imports its models
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    "shuzhi.foundation.outbox",
    "shuzhi.pillars.security",
    "shuzhi.pillars.policy",
    "shuzhi.pillars.organization",
    "shuzhi.support.identity",
    "shuzhi.support.workflow",
    "shuzhi.support.decisions",
    "shuzhi.support.forms",
    "shuzhi.support.credentials",
    "shuzhi.support.mediator",
    "shuzhi.support.messages",
    "shuzhi.support.ratings",
    "shuzhi.support.payments",
    "shuzhi.support.archive",
    "shuzhi.data.catalog",
    "shuzhi.data.sources",
    "shuzhi.data.quality",
    "shuzhi.data.registers",
    "shuzhi.data.exchange",
    "shuzhi.data.opendata",
    "shuzhi.data.exports",
    "shuzhi.data.ledgers",
    "shuzhi.business.indicators",
    "shuzhi.business.classification",
    "shuzhi.business.secops",
    "shuzhi.business.market",
    "shuzhi.business.benefits",
    "shuzhi.business.incidents",
    "shuzhi.business.halls",
    "shuzhi.business.matters",
    "shuzhi.business.registration",
    "shuzhi.packs",
    "shuzhi.terminals.design",
    "shuzhi.terminals.staff",
    "shuzhi.terminals.public",
]

MIDDLEWARE = [
    "shuzhi.foundation.telemetry.web.RequestTelemetry",
    "django.middleware.security.SecurityMiddleware",
    "shuzhi.terminals.content_policy.limit_content",
    "shuzhi.terminals.pacing.pace_addresses",
    "shuzhi.terminals.foreign_requests.refuse_foreign",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "shuzhi.terminals.design.middleware.speak_chosen_language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "shuzhi.support.identity.middleware.ActorMiddleware",
    "shuzhi.terminals.pacing.pace_accounts",
    "shuzhi.terminals.refusals.RefusalMiddleware",
]
CSRF_FAILURE_VIEW = "shuzhi.terminals.refusals.without_token"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "shuzhi.terminals.design.context.reader",
                "shuzhi.terminals.context.node",
            ]
        },
    }
]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
# No STATIC_ROOT: files are served from where they are, nothing is collected or copied.
# Front-end packages are served from where npm put them, under /static/npm/.
_npm = _checkout / "node_modules"
STATICFILES_DIRS = [("npm", str(_npm))] if _npm.is_dir() else []
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "shuzhi.terminals.design.storage.KeptAddresses"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

LOGGING_CONFIG = None  # structlog, see foundation.telemetry

SESSION_ENGINE = "shuzhi.support.identity.session_store"
SESSION_COOKIE_HTTPONLY = True
# From signing in on, whatever is done meanwhile.
SESSION_COOKIE_AGE = _settings.session_hours * 3600
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if _settings.web_tls == "proxy":
    # A proxy of ours speaks TLS and alone reaches this process; it says so, and cookies travel no other way.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = False
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$", "^metrics$"]


def _connection(url: str) -> dict[str, object]:
    facts = conninfo_to_dict(url)
    # What Django has no word for (sslmode, several hosts …) goes to the driver as it is.
    known = {key.upper(): str(facts.pop(key, "")) for key in ("host", "port", "user", "password")}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **known,
        "NAME": str(facts.pop("dbname", "")),
        # A server that restarts is noticed before a request meets a dead connection.
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **facts,
            # pg_stat_activity tells the web from the worker.
            "application_name": f"shuzhi-{_settings.process}",
            "pool": {"min_size": 1, "max_size": 8, "timeout": 10, "max_idle": 60},
            # Prepared is what `foundation.database.prepared` asks to be prepared; Django's own cursors never are.
            "prepare_threshold": 5,
        },
    }


DATABASES = {"default": _connection(database.expected_url(role_of(_settings.process)))}
