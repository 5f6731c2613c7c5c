"""Django's settings of the public surface standing alone: those of the house without its database and its people.

``DATABASES`` names no database at all: whatever asked one would fail at once, and a test asks every page.
"""

from __future__ import annotations

from wangge.project.settings import *  # noqa: F403 - the house's settings but for what follows
from wangge.project.settings import ENVIRONMENT

DATABASES = {"default": {"ENGINE": "django.db.backends.dummy"}}
ROOT_URLCONF = "wangge.surfaces.outer.urls"
WSGI_APPLICATION = "wangge.project.outer_wsgi.application"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]
CSRF_FAILURE_VIEW = "django.views.csrf.csrf_failure"
CSRF_COOKIE_NAME = f"wangge-outer-{ENVIRONMENT.instance}"
