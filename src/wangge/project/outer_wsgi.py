"""The door for the web server: the public surface standing alone."""

from wangge.project.web_process import begin, settle

begin("wangge.project.outer_settings")

from django.core.wsgi import get_wsgi_application  # noqa: E402

from wangge.groundwork.slow_bodies import WholeBodies  # noqa: E402

application = WholeBodies(get_wsgi_application())
settle()
