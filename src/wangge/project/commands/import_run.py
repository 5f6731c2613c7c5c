"""The command ``wangge import run``: carries out an import that was given through the browser; the worker calls it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from wangge.project.opening import open_city
from wangge.project.words import _

_SECONDS_BETWEEN = 1.0


@click.command(name="run", help=_("执行一次在页面上交来的导入（由任务服务调用）。"))
@click.argument("run_id", type=int)
def command(*, run_id: int) -> None:
    """Try it or write it, as its state says."""
    with open_city(as_owner=True):
        from wangge.domains.cases.operations.foreign import ImportRefused
        from wangge.domains.cases.operations.import_runs import end_run, fail_run, file_of, run_of
        from wangge.groundwork import clock
        from wangge.surfaces.exchange.imports.mapping import MappingRefused
        from wangge.surfaces.exchange.imports.reading import FileRefused

        run, content = run_of(run_id=run_id), file_of(run_id=run_id)
        if run is None or content is None or run.state not in ("checking", "running"):
            return
        try:
            with tempfile.TemporaryDirectory(prefix="wangge-import-") as folder:
                report, refused = carried_out(run, content, Path(folder))
        except MappingRefused as wrong:
            fail_run(run_id=run_id, at=clock.now(), message="\n".join(found.text(_) for found in wrong.findings))
        except FileRefused as broken:
            fail_run(run_id=run_id, at=clock.now(), message=_(broken.message) % broken.values)
        except ImportRefused as kept_out:
            fail_run(run_id=run_id, at=clock.now(), message=str(kept_out))
        else:
            end_run(run_id=run_id, at=clock.now(), report=report, refused=refused)


def carried_out(run: Any, content: bytes, folder: Path) -> tuple[dict[str, Any], bytes | None]:
    """The report and the refused rows of a run."""
    from wangge.surfaces.exchange.imports.given_files import lay_down

    given = lay_down(folder, run.file_name, content)
    mapping = run.mapping
    if run.own_mapping:
        own = folder / "own.toml"
        own.write_text(run.own_mapping, encoding="utf-8")
        mapping = str(own)
    refused_file = folder / "refused.csv"
    dry_run = run.state == "checking"
    ways: dict[str, Callable[..., dict[str, Any]]] = {"history": _history, "reports": _reports}
    report = ways[run.kind](run.id, given, mapping, refused_file, dry_run=dry_run)
    report["mapping"], report["file"] = run.mapping, run.file_name
    return report, refused_file.read_bytes() if refused_file.exists() else None


def _history(run_id: int, given: Path, mapping: str, refused_file: Path, *, dry_run: bool) -> dict[str, Any]:
    from wangge.domains.organizations.logic import TERMINAL
    from wangge.groundwork import clock
    from wangge.surfaces.exchange.imports.history.mapping import load_history_mapping
    from wangge.surfaces.exchange.imports.history.taking import Told, take_in_export

    told = _Following(run_id)
    return take_in_export(
        given, load_history_mapping(mapping), by=TERMINAL, at=clock.now(), refused_file=refused_file, dry_run=dry_run,
        told=Told(counted=told.counted, written=told.written),
    )  # fmt: skip


def _reports(run_id: int, given: Path, mapping: str, refused_file: Path, *, dry_run: bool) -> dict[str, Any]:
    from wangge.project.commands.import_reports import case_sink_of, run_import
    from wangge.surfaces.exchange.imports.mapping import load_mapping
    from wangge.surfaces.exchange.imports.reading import check_whole

    check_whole(given)
    read = load_mapping(mapping)
    return run_import(
        given, read, sink=None if dry_run else case_sink_of(read, 1), refused_file=refused_file,
        console=Console(quiet=True),
    )  # fmt: skip


class _Following:
    """Notes how far the run is, once a second."""

    def __init__(self, run_id: int) -> None:
        self.run_id, self.done, self.total, self.noted = run_id, 0, 0, 0.0

    def counted(self, cases: int) -> None:
        self.total = cases
        self._note(at_once=True)

    def written(self, more: int) -> None:
        self.done += more
        self._note(at_once=False)

    def _note(self, *, at_once: bool) -> None:
        from wangge.domains.cases.operations.import_runs import follow_run
        from wangge.groundwork import clock

        now = clock.monotonic()
        if at_once or now - self.noted >= _SECONDS_BETWEEN:
            self.noted = now
            follow_run(run_id=self.run_id, at=clock.now(), done=self.done, total=self.total)
