"""Django's settings, derived from the environment of the process."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext_lazy as _

from wangge.groundwork import clock
from wangge.project.database import django_database
from wangge.project.environment import read_environment, secret_key_of
from wangge.project.logs import logging_of

_SOURCE = Path(__file__).resolve().parents[1]
ENVIRONMENT = read_environment()
clock.shift(timedelta(minutes=ENVIRONMENT.clock_offset_minutes))

SECRET_KEY = secret_key_of(ENVIRONMENT)
DEBUG = ENVIRONMENT.debug
ALLOWED_HOSTS = list(ENVIRONMENT.hosts) or ["localhost", "127.0.0.1", "[::1]", "testserver"]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "csp",
    "django_htmx",
    "procrastinate.contrib.django",
    "wangge.groundwork.outbox",
    "wangge.groundwork.attachments",
    "wangge.domains.organizations",
    "wangge.domains.notices",
    "wangge.domains.platform",
    "wangge.domains.geography",
    "wangge.domains.components",
    "wangge.domains.ownership",
    "wangge.domains.cases",
    "wangge.domains.patrol",
    "wangge.domains.hotline",
    "wangge.domains.citizens",
    "wangge.domains.partners",
    "wangge.domains.desks",
    "wangge.domains.replies",
    "wangge.domains.telephone",
    "wangge.domains.evaluation",
    "wangge.domains.budgeting",
    "wangge.domains.self_evaluation",
    "wangge.domains.disclosure",
    "wangge.surfaces.web",
]
AUTH_USER_MODEL = "organizations.Person"

ROOT_URLCONF = "wangge.project.urls"
WSGI_APPLICATION = "wangge.project.wsgi.application"
DATABASES = {"default": django_database(ENVIRONMENT)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEST_RUNNER = "django.test.runner.DiscoverRunner"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", _("英文"))]
LANGUAGE_COOKIE_NAME = "wangge_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [_SOURCE / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_SOURCE / "surfaces" / "web" / "templates"],
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
STATIC_URL = "/static/"
_BUILT = _SOURCE / "surfaces" / "web" / "static"
STATICFILES_DIRS = [_BUILT] if _BUILT.is_dir() else []
MEDIA_ROOT = ENVIRONMENT.var / "photos"
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Names of built files carry their hash already, so nothing is renamed and nothing needs collecting.
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if ENVIRONMENT.photos_s3_bucket:
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": ENVIRONMENT.photos_s3_bucket,
            "endpoint_url": ENVIRONMENT.photos_s3_endpoint or None,
            "default_acl": "private",
            "querystring_auth": True,
        },
    }
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 3600
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.+/built/.+[-.][A-Za-z0-9_-]{8,}\.[a-z0-9.]+$"

# Doors of machines skip what only pages need; see the middleware's own words.
MIDDLEWARE = [
    "wangge.surfaces.watching.requests.Measure",
    "django.middleware.security.SecurityMiddleware",
    "wangge.surfaces.api.cross_origin.CrossOrigin",
    "wangge.project.page_middleware.PageMiddleware",
]
MACHINE_PATHS = ("/api/", "/open311/", "/healthz", "/readyz", "/metrics")
PAGE_MIDDLEWARE = [
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    # axes' own middleware would put a bare text in place of our sign-in page, which says itself who is locked out.
    "wangge.surfaces.web.gate.Gate",
]
# These look for a name in MIDDLEWARE and do not see PAGE_MIDDLEWARE.
SILENCED_SYSTEM_CHECKS = ["axes.W002", "security.W002", "security.W003"]

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "wangge.domains.organizations.session_backend.PersonBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
CSRF_FAILURE_VIEW = "wangge.surfaces.web.errors.token_missing"
LOGIN_URL = "/sign-in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = LOGIN_URL

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

OTP_TOTP_ISSUER = "Wangge"
TOTP_COMPULSORY = ENVIRONMENT.totp_compulsory
OIDC = bool(ENVIRONMENT.oidc_issuer and ENVIRONMENT.oidc_client_id)
if OIDC:
    INSTALLED_APPS.append("mozilla_django_oidc")
    OIDC_RP_CLIENT_ID = ENVIRONMENT.oidc_client_id
    OIDC_RP_CLIENT_SECRET = ENVIRONMENT.oidc_client_secret
    OIDC_OP_ISSUER = ENVIRONMENT.oidc_issuer
    OIDC_OP_AUTHORIZATION_ENDPOINT = ENVIRONMENT.oidc_authorization_url
    OIDC_OP_TOKEN_ENDPOINT = ENVIRONMENT.oidc_token_url
    OIDC_OP_USER_ENDPOINT = ENVIRONMENT.oidc_userinfo_url
    OIDC_OP_JWKS_ENDPOINT = ENVIRONMENT.oidc_keys_url
    OIDC_USERNAME_CLAIM = ENVIRONMENT.oidc_username_claim
    OIDC_RP_SCOPES = "openid profile"
    OIDC_RP_SIGN_ALGO = "RS256"
    OIDC_USE_PKCE = True
    OIDC_TIMEOUT = 10
    OIDC_CREATE_USER = False
    AUTHENTICATION_BACKENDS.append("wangge.domains.organizations.identity_provider.ExistingPeopleBackend")

SESSION_ENGINE = "wangge.domains.organizations.session_store"
SESSION_COOKIE_AGE = ENVIRONMENT.session_hours * 3600
SESSION_IDLE_MINUTES = ENVIRONMENT.session_idle_minutes
PASSWORD_AGE_DAYS = ENVIRONMENT.password_days
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.secure_cookies
# Two cities side by side on one host differ by port only, which cookies do not see.
SESSION_COOKIE_NAME = f"wangge-session-{ENVIRONMENT.instance}"
CSRF_COOKIE_NAME = f"wangge-csrf-{ENVIRONMENT.instance}"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ENVIRONMENT.hosts if host != "*"]
if ENVIRONMENT.secure_cookies:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CORS_ORIGINS = ENVIRONMENT.cors_origins
PROXIES = frozenset(ENVIRONMENT.proxies)
HOTLINE_SECRETS = ENVIRONMENT.secrets_of_channels
HOTLINE_ADDRESSES = ENVIRONMENT.addresses_of_channels
TELEPHONE_SECRET = ENVIRONMENT.telephone_secret
REPLIES = ENVIRONMENT
_MAIL = urlsplit(ENVIRONMENT.email_url)
EMAIL_HOST, EMAIL_PORT = _MAIL.hostname or "localhost", _MAIL.port or (465 if _MAIL.scheme == "smtps" else 587)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_MAIL.username or ""), unquote(_MAIL.password or "")
EMAIL_USE_SSL, EMAIL_USE_TLS = _MAIL.scheme == "smtps", _MAIL.scheme == "smtp" and bool(_MAIL.username)
EMAIL_TIMEOUT = 10
WEBHOOK_NETWORKS = tuple(ip_network(each) for each in ENVIRONMENT.webhook_networks)
CITY_OVERLAY = ENVIRONMENT.city_overlay
VAR = ENVIRONMENT.var
LEAST_FREE_MEBIBYTES = ENVIRONMENT.least_free_mebibytes
LIVE_PAGES = ENVIRONMENT.live_pages
METRICS_PUBLIC = ENVIRONMENT.metrics_public

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "worker-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# One act on 500 cases brings three values for each.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
PROCRASTINATE_ON_APP_READY = None
# Who hears of facts is this shelf's matter; the worker, a shelf below, finds it by name.
SUBSCRIPTIONS = "wangge.project.subscriptions.CONSUMERS"
# The same for what a command of this shelf does as well: photos and rows into the folder of continuous backup.
COPY_BESIDE = "wangge.project.continuous.copy_beside"

LOGGING = logging_of(ENVIRONMENT)
