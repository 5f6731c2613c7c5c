"""Owns the version of the ground: every change makes a new one, and all processes notice it within seconds."""

from django.db import connection

from wangge.groundwork.coordinates import check_city_epsg

# Microseconds of the database's clock: never the same twice, not even after a rollback or a restore.
_NEW_VERSION = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"


class GroundRefused(ValueError):
    """A change of the ground that cannot be made; the text says what to do."""


def new_version() -> None:
    """Say that areas or what hangs on them have changed."""
    _count_up("version")


def new_names_version() -> None:
    """Say that the gazetteer has changed."""
    _count_up("names_version")


def _count_up(column: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO geography_version (id, version, names_version, city_epsg)
            VALUES (1, {_NEW_VERSION}, {_NEW_VERSION}, 4547)
            ON CONFLICT (id) DO UPDATE SET {column} = {_NEW_VERSION}
            """
        )


def set_city_epsg(*, code: int) -> None:
    """Say which survey plane `city` coordinates are in; raises CoordinateError for no such system."""
    check_city_epsg(code)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO geography_version (id, version, names_version, city_epsg) VALUES (1, {_NEW_VERSION}, 0, %s)
            ON CONFLICT (id) DO UPDATE SET version = {_NEW_VERSION}, city_epsg = excluded.city_epsg
            """,
            [code],
        )


def first_line(error: Exception) -> str:
    """What the database said, without its details."""
    return str(error).splitlines()[0]
