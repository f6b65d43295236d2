"""Settings, all of them by environment; README.md lists the variables, a test keeps the two equal."""

import os
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("DEBUG", default=False)
# Where everything that is not code lives: the embedded database and broker, uploads, the development key.
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var"))).resolve()
VAR_DIR.mkdir(parents=True, exist_ok=True)


# --- Security ---------------------------------------------------------------------------------------------------


def _secret_key() -> str:
    """Return the key of the environment; with DEBUG one is made once and kept beside the data."""
    # Read plainly: django-environ would take a key that begins with "$" for the name of another variable.
    key = os.environ.get("SECRET_KEY", "")
    if key:
        return key
    if not DEBUG:
        raise ImproperlyConfigured("SECRET_KEY must be set while DEBUG is off.")
    return _development_key(VAR_DIR / "secret_key")


def _development_key(path: Path) -> str:
    """Return the key kept in a file that only this user may read; the first process to come makes it."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    if not path.exists():
        unfinished.touch(mode=0o600)
        unfinished.write_text(secrets.token_urlsafe(50))
        # A link fails if the file is there by now: two processes never go on with two keys.
        try:
            path.hardlink_to(unfinished)
        except FileExistsError:
            pass
        finally:
            unfinished.unlink()
    return path.read_text()


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
# Where people reach the product, for links in e-mail, which no request brings along; empty: mails carry no link.
SITE_URL = env.str("SITE_URL", default="").rstrip("/")
if not SITE_URL and ALLOWED_HOSTS and not DEBUG:
    SITE_URL = "" if "*" in ALLOWED_HOSTS[0] else f"https://{ALLOWED_HOSTS[0].lstrip('.')}"

# With DEBUG off exactly one TLS proxy stands in front, and sets X-Forwarded-Proto and X-Forwarded-For itself.
BEHIND_PROXY = not DEBUG
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_SSL_REDIRECT = BEHIND_PROXY
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if BEHIND_PROXY else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = BEHIND_PROXY
SECURE_HSTS_PRELOAD = BEHIND_PROXY
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

SESSION_COOKIE_SECURE = BEHIND_PROXY
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = BEHIND_PROXY
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"

CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}


# --- Applications -----------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "config",
    "documents",
    "reports",
    "repairs",
    "devices",
    "accounts",
    "kecamatan",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "axes",
    "django_filters",
    "django_htmx",
    "rest_framework",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.bodies.refuse_cut_bodies",
    "config.caching.keep_nothing_unasked",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.sessions.keep_phones_signed_in",
    "accounts.outbox.answer_outbox",
    "accounts.interrupted.keep_interrupted_forms",
    "kecamatan.channels.note_channel",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    # Last, as django-axes asks: it turns a locked-out sign-in into its own answer.
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
FORM_RENDERER = "lib.widgets.PlainWidgets"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
}


# --- Signing in -------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "accounts.backends.ThrottleBackend",
    "accounts.backends.UsernameOrPhoneBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "accounts:signed-out"
CSRF_FAILURE_VIEW = "accounts.views.signin.csrf_failure"

# For how long what is dangerous is open after the password was given.
CONFIRM_PASSWORD_MINUTES = env.int("CONFIRM_PASSWORD_MINUTES", default=15)

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
# One office shares one address: the pair of user name and address is locked, so nobody locks out a colleague. An
# address that tries many names is locked too, but for browsers in which people signed in before (accounts/throttle.py).
AXES_HANDLER = "accounts.throttle.PairAndAddressHandler"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "config.client.client_ip"
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "accounts.views.signin.locked_out"


# --- Database ---------------------------------------------------------------------------------------------------


def _database() -> dict[str, Any]:
    """Return the database of the environment, by default SQLite in ``var/``."""
    database: dict[str, Any] = env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'db.sqlite3'}")
    database["CONN_MAX_AGE"] = 60
    if database["ENGINE"] == "django.db.backends.sqlite3":
        # IMMEDIATE: a transaction that writes takes its turn at the start and waits, instead of failing half-way.
        database["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL",
        }
    else:
        database["CONN_HEALTH_CHECKS"] = True
        # Compiling a plan takes PostgreSQL 30 ms and more, the queries themselves a few.
        database.setdefault("OPTIONS", {}).setdefault("options", "-c jit=off")
    return database


DATABASES = {"default": _database()}


# --- Caches -----------------------------------------------------------------------------------------------------

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    # The public pages of each process, packed: about 3 KB each (reports/public/kept.py).
    "public": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "public",
        "OPTIONS": {"MAX_ENTRIES": 2000},
    },
    # What the dashboards place, by region, month, scope and rollup row: about 50 KB each (reports/kept_pages.py).
    "dashboards": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "dashboards",
        "OPTIONS": {"MAX_ENTRIES": 200},
    },
}


# --- Celery -----------------------------------------------------------------------------------------------------

REDIS_URL = env.str("REDIS_URL", default="")

CELERY_TIMEZONE = "Asia/Jakarta"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_RESULT_SERIALIZER = "json"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Whoever changes data does not wait for a dead broker: the mark is a row, and beat asks for it again.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")

CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any]
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    # Without the last three, sending a message to a Redis that is gone would wait two seconds before its second try.
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "socket_connect_timeout": 1,
        "socket_timeout": 5,
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0,
    }
else:
    BROKER_DIR = VAR_DIR / "broker"
    (BROKER_DIR / "control").mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_URL = "filesystem://localhost/"
    CELERY_BROKER_TRANSPORT = "config.broker.Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR),
        "data_folder_out": str(BROKER_DIR),
        "control_folder": str(BROKER_DIR / "control"),
        "polling_interval": 0.2,
    }
    # Remote control would poll a second queue of files, for commands that one machine does not need.
    CELERY_WORKER_ENABLE_REMOTE_CONTROL = False

# A message that no worker took before the next one is made is worthless: it expires instead of piling up.
CELERY_BEAT_SCHEDULE = {
    "refresh-rollups": {"task": "reports.refresh_rollups", "schedule": 5, "options": {"expires": 5}},
    "draw-maps": {"task": "reports.draw_maps", "schedule": 5, "options": {"expires": 5}},
    "close-resolved-tickets": {
        "task": "repairs.close_resolved_tickets",
        "schedule": crontab(minute=10),
        "options": {"expires": 3600},
    },
    "remove-orphaned-files": {
        "task": "repairs.remove_orphaned_files",
        "schedule": crontab(hour=1, minute=15),
        "options": {"expires": 3600},
    },
    "forget-old": {
        "task": "accounts.forget_old",
        "schedule": crontab(hour=1, minute=25),
        "options": {"expires": 3600},
    },
    "build-device-groups": {
        "task": "reports.build_device_groups",
        "schedule": crontab(hour=1, minute=40),
        "options": {"expires": 3600},
    },
    "build-documents": {"task": "documents.build_documents", "schedule": 5, "options": {"expires": 5}},
    "send-documents": {"task": "documents.send_documents", "schedule": 60, "options": {"expires": 60}},
    "verify-rollups": {
        "task": "reports.verify_rollups",
        "schedule": crontab(hour=2, minute=30),
        "options": {"expires": 3600},
    },
}


# --- Language, dates and numbers --------------------------------------------------------------------------------

LANGUAGE_CODE = "id"
USE_TZ = True
# Only what a page shows by default: moments are stored in UTC, and a kecamatan's days are of its own zone.
TIME_ZONE = "Asia/Jakarta"
FORMAT_MODULE_PATH = "config.formats"


# --- Files ------------------------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# On a developer's machine a changed file is served at once, without collectstatic.
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG

MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(VAR_DIR / "media"))
FILE_UPLOAD_PERMISSIONS = 0o640
FILE_UPLOAD_HANDLERS = [
    "lib.uploads.BoundedUploads",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]


# --- E-mail and logging -----------------------------------------------------------------------------------------

_email = env.email_url("EMAIL_URL", default="consolemail://")
EMAIL_BACKEND = _email["EMAIL_BACKEND"]
EMAIL_HOST = _email["EMAIL_HOST"]
EMAIL_PORT = _email["EMAIL_PORT"]
EMAIL_HOST_USER = _email["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = _email["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = _email.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _email.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Siap Rekam <siap-rekam@localhost>")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        # Django's own handlers would print every line a second time.
        "django": {"handlers": [], "propagate": True, "level": "INFO"},
        # It says four things of every sign-in that goes well.
        "axes": {"level": "WARNING"},
    },
}
