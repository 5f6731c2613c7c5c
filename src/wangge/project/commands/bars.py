"""Progress bars of long work in the terminal: how far, how fast, how long still."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from wangge.groundwork import clock

Tell = Callable[[int], None]
"""Takes how many more are done."""


@contextmanager
def counted_bar(what: str, total: int, *, unit: str, quiet: bool = False) -> Iterator[Tell]:
    """A bar on the error channel that is told how many more are done."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.completed:,.0f} " + unit + " · {task.fields[rate]:,.0f} " + unit + "/s"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True, quiet=quiet),
        transient=True,
    )
    task = bar.add_task(what, total=total, rate=0.0)
    began, done = clock.monotonic(), 0

    def tell(more: int) -> None:
        nonlocal done
        done += more
        bar.update(task, completed=done, rate=done / max(clock.monotonic() - began, 0.001))

    with bar:
        yield tell
