"""The door for the web server: the public surface standing alone."""

from __future__ import annotations

import os
import sys

# granian puts the directory it was started in before everything else: a file there named like a module of Python's own
# would be run in its place.
sys.path[:] = [each for each in sys.path if each not in ("", os.getcwd())]

from django.core.wsgi import get_wsgi_application  # noqa: E402

# A thread that comes back from the database waits this long for one that computes. With Python's 5 ms a page of eight
# statements waited 40 ms behind another page.
sys.setswitchinterval(0.001)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wangge.project.outer_settings")
application = get_wsgi_application()
