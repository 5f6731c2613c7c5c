"""The command ``wangge rehearse``: restores the last backup into a scratch city, verifies it and notes the result."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from time import monotonic
from typing import Any

import click
import psycopg

from wangge.groundwork.embedded_postgres import APPLICATION, Cluster
from wangge.groundwork.giving_way import give_way
from wangge.groundwork.log_archive import FolderRefused
from wangge.groundwork.postgres_programs import ClusterFailed
from wangge.project.environment import Environment, read_environment
from wangge.project.noting import note_upkeep
from wangge.project.opening import open_database
from wangge.project.words import _


@click.command(
    help=_("恢复演练：把最近的备份恢复到一处临时目录，校验全部案卷与照片，记下结果后清除；不影响运行中的城市。")
)
@click.argument("directory", type=click.Path(path_type=Path, exists=True, file_okay=False), required=False)
@click.option(
    "--scratch", type=click.Path(path_type=Path, file_okay=False),
    help=_("临时目录的所在；须容得下整座城市。默认系统临时目录。"),
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 文档。"))
def rehearse(*, directory: Path | None, scratch: Path | None, as_json: bool) -> None:
    """Exit 1 when the restored city is not whole. ``directory``: of ``wangge backup``, else the folder's last."""
    give_way()
    environment, began = read_environment(), monotonic()
    if scratch is not None:
        scratch.mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix="wangge-rehearsal-", dir=scratch)).resolve()
    try:
        found = _rehearsed(environment, directory, place)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    found["seconds"] = round(monotonic() - began, 1)
    with open_database(environment):
        note_upkeep(
            environment, kind="rehearsal", well=found["well"], seconds=found["seconds"], detail=found
        )  # fmt: skip
    click.echo(json.dumps(found, ensure_ascii=False, indent=1) if as_json else _line(found))
    if not found["well"]:
        sys.exit(1)


def _rehearsed(environment: Environment, directory: Path | None, place: Path) -> dict[str, Any]:
    """Restore by the very commands a person types, in a city of its own that keeps no log and sends nothing."""
    from wangge.project.continuous import folder_of

    try:
        source = directory.resolve() if directory is not None else folder_of(environment)
    except FolderRefused as refused:
        raise click.ClickException(str(refused)) from None
    words = ["restore", str(source)] + ([] if directory is not None else ["--to", "latest"])
    found: dict[str, Any] = {"well": False, "where": str(source)}
    done = _command(environment, place, words)
    if done.returncode != 0:
        return {**found, "why": done.stderr.strip()[-500:]}
    checked = _command(environment, place, ["verify", "--json"])
    if not checked.stdout:
        return {**found, "why": checked.stderr.strip()[-500:]}
    told = json.loads(checked.stdout)
    missing, newest = _looked_at(place)
    found |= {"cases": told["cases"], "steps": told["steps"], "breaks": told["breaks"], "missing_photos": missing}
    return {**found, "newest": newest, "well": not told["breaks"] and not missing}


def _command(environment: Environment, place: Path, words: list[str]) -> subprocess.CompletedProcess[str]:
    ours = ("WANGGE_", "DATABASE_URL")
    told = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    told |= {"WANGGE_VAR": str(place), "WANGGE_LANGUAGE": os.environ.get("WANGGE_LANGUAGE", "")}
    order = [sys.executable, "-c", "from wangge.project.command_line import main; main()", *words]
    return subprocess.run(order, env=told, text=True, capture_output=True, check=False)  # noqa: S603 - ourselves


def _looked_at(place: Path) -> tuple[int, str]:
    """How many photos are missing, and the moment of the newest step."""
    from wangge.project.continuous import missing_photos

    scratch = Environment(var=place, backups=None, database_url="")
    try:
        with Cluster(place).in_use() as cluster, psycopg.connect(**cluster.connection(APPLICATION)) as link:
            row = link.execute("SELECT max(recorded_at) FROM outbox").fetchone()
            missing = missing_photos(scratch, link)
    except ClusterFailed as failed:  # pragma: no cover - it ran a moment ago
        raise click.ClickException(str(failed)) from None
    return len(missing), row[0].isoformat() if row and row[0] else ""


def _line(found: dict[str, Any]) -> str:
    if "why" in found:
        return _("恢复演练失败：{why}").format(**found)
    line = _("恢复演练：{cases:,} 件案卷、{steps:,} 步，{breaks} 处不符，缺 {missing_photos} 张照片，{seconds} 秒。")
    return line.format(**found)
