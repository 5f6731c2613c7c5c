"""Where a process dies: before or after a statement, or around the commit; it leaves its connection as the dead do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection


class Killed(BaseException):
    """The process is gone; what it had begun is the database's to undo."""


@dataclass(slots=True)
class Fault:
    """Dies at its ``place``-th statement (0: at the commit), before or after it."""

    place: int
    after: bool
    met: int = 0
    died: bool = False

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """What the connection runs around each statement."""
        self.met += 1
        if self.met == self.place and not self.after:
            self._die()
        answer = execute(sql, params, many, context)
        if self.met == self.place:
            self._die()
        return answer

    def _die(self) -> None:
        self.died = True
        raise Killed

    @contextmanager
    def planted(self) -> Iterator[None]:
        """Around what is to die; swallows the death and leaves the connection as the dead leave it."""
        real = connection._commit  # type: ignore[attr-defined]

        def commit() -> None:
            if self.place == 0 and not self.after:
                connection._rollback()  # type: ignore[attr-defined]
                self._die()
            real()
            if self.place == 0:
                self._die()

        connection._commit = commit  # type: ignore[attr-defined]
        try:
            with connection.execute_wrapper(self):
                yield
        except Killed:
            if connection.connection is not None:
                connection.connection.close()
        finally:
            del connection._commit  # type: ignore[attr-defined]
            if self.died:
                connection.close()
                connection.in_atomic_block = False
                connection.savepoint_ids, connection.needs_rollback = [], False
