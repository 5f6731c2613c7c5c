"""Django's own commands, for developers only (makemigrations, shell); a city is run by ``wangge``."""

from __future__ import annotations

import sys

from django.core.management import execute_from_command_line

from wangge.project.opening import open_city

if __name__ == "__main__":
    with open_city(as_owner=True):
        execute_from_command_line(sys.argv)
