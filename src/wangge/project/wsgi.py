"""The door for the web server: Django as a WSGI application."""

from __future__ import annotations

import os
import sys

from django.core.wsgi import get_wsgi_application

from wangge.groundwork.slow_bodies import WholeBodies

# A thread that comes back from the database waits this long for one that computes. With Python's 5 ms a page of eight
# statements waited 40 ms behind another page.
sys.setswitchinterval(0.001)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wangge.project.settings")
application = WholeBodies(get_wsgi_application())
