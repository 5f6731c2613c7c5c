"""Owns who walks a responsibility grid: duties in bulk, and the handing over of a grid."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from wangge.domains.geography.areas import GridDuty
from wangge.domains.geography.operations.versions import GroundRefused, first_line, new_version


def load_grid_duties(*, duties: Iterable[GridDuty]) -> int:
    """Add grid duties; answers how many. Raises GroundRefused when two meet on one day."""
    rows = list(duties)
    with transaction.atomic():
        try:
            _copy_duties(rows)
        except IntegrityError as error:
            raise GroundRefused(
                _("网格责任与已有的重叠：%(reason)s。请先结束原有责任。") % {"reason": first_line(error)}
            ) from error
        new_version()
    return len(rows)


def hand_over_grid(*, grid_code: str, rank: int, collector_id: int, from_on: date) -> None:
    """From a day on another collector holds this rank of the grid; who held it ends then."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE geography_grid_duty SET valid_to = %s
            WHERE grid_code = %s AND rank = %s AND valid_from < %s AND (valid_to IS NULL OR valid_to > %s)
            """,
            [from_on, grid_code, rank, from_on, from_on],
        )
        load_grid_duties(duties=[GridDuty(grid_code, collector_id, rank, from_on)])


def _copy_duties(duties: Sequence[GridDuty]) -> None:
    columns = "grid_code, collector_id, rank, valid_from, valid_to"
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(f"COPY geography_grid_duty ({columns}) FROM STDIN") as copy,
    ):
        for duty in duties:
            copy.write_row((duty.grid_code, duty.collector_id, duty.rank, duty.valid_from, duty.valid_to))
