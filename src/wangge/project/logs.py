"""Where the logs of a process go: lines or JSON on the terminal, and to another host, which may be away."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from wangge.project.environment import Environment


def logging_of(environment: Environment) -> dict[str, Any]:
    """Django's LOGGING."""
    handlers: dict[str, dict[str, Any]] = {
        "terminal": {"class": "logging.StreamHandler", "formatter": environment.log_format}
    }
    if environment.log_host:
        found = urlsplit(environment.log_host)
        handlers["host"] = {
            "class": "wangge.groundwork.log_host.LogHost",
            "formatter": "json",
            "host": found.hostname,
            "port": found.port,
            "stream": found.scheme == "tcp",
        }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
            "json": {
                "()": "pythonjsonlogger.orjson.OrjsonFormatter",
                "fmt": "%(levelname)s %(name)s %(message)s %(process)d",
                "rename_fields": {"levelname": "level", "name": "logger", "process": "pid"},
                "timestamp": True,
                "static_fields": {"city": environment.instance},
            },
        },
        "handlers": handlers,
        "root": {"handlers": list(handlers), "level": environment.log_level},
        "loggers": {
            "django.request": {"level": "ERROR"},
            "axes": {"level": "WARNING"},
            "procrastinate": {"level": "WARNING"},
        },
    }
