"""The command ``wangge evaluate file``: on-time rates of another system's file, both ways of counting named."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wangge.project.words import _

if TYPE_CHECKING:
    from wangge.surfaces.exchange.imports.foreign import ForeignReport

_BY = {"department": "owner_text", "district": "district_text", "source": "source_text", "category": "category_text"}
_FLAG = "city_flag"
_EMPTY = "(empty)"


@dataclass(slots=True)
class _Tally:
    cases: int = 0
    with_target: int = 0
    overdue: int = 0
    flags: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    flag_disagrees: int = 0

    def add(self, report: ForeignReport, flag: str | None) -> None:
        """A closed case; late when it was closed after the target its own system stated."""
        closed = report.stated_closed_at
        if closed is None:
            return
        self.cases += 1
        late = report.target_at is not None and closed > report.target_at
        self.with_target += report.target_at is not None
        self.overdue += late
        if flag is not None:
            self.flags[flag or _EMPTY] += 1
            if report.target_at is not None:
                self.flag_disagrees += (flag == "OVERDUE") != late

    def plain(self) -> dict[str, Any]:
        from wangge.domains.evaluation.logic.figures import percentage

        on_time_all = self.cases - self.overdue
        on_time = self.with_target - self.overdue
        told: dict[str, Any] = {
            "cases": self.cases,
            "with_target": self.with_target,
            "overdue": self.overdue,
            "on_time_rate_of_those_with_target": _text(percentage(on_time, self.with_target)),
            "on_time_rate_of_all_cases": _text(percentage(on_time_all, self.cases)),
        }
        if self.flags:
            told["city_flag"] = dict(sorted(self.flags.items()))
            told["flag_disagrees"] = self.flag_disagrees
        return told


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


@click.command("file", help=_("计算外部系统文件的按期率：有期限的案件，与全部案件，两种口径分别列出。"))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--mapping", "mapping_name", required=True, help=_("自带映射的名称，或一个 .toml 映射文件。"))
@click.option("--by", default="department", type=click.Choice(sorted(_BY)), help=_("分组。"))
@click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 文档。"))
def of_file(*, file: Path, mapping_name: str, by: str, as_json: bool) -> None:
    """Exit 1 when the file or the mapping cannot be read."""
    import json
    import sys

    from wangge.project.commands.import_reports import without_city
    from wangge.surfaces.exchange.imports.mapping import MappingRefused
    from wangge.surfaces.exchange.imports.reading import FileRefused

    with without_city():
        try:
            told = _evaluated(file, mapping_name, by)
        except MappingRefused as refused:
            click.echo("\n".join(finding.text(_) for finding in refused.findings), err=True)
            sys.exit(1)
        except FileRefused as broken:
            click.echo(_(broken.message) % broken.values, err=True)
            sys.exit(1)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    for name, figures in (("*", told["total"]), *told[f"by_{by}"].items()):
        click.echo(
            f"{name}\t{figures['cases']}\t{figures['on_time_rate_of_those_with_target']} %"
            f"\t{figures['on_time_rate_of_all_cases']} %"
        )


def _evaluated(file: Path, mapping_name: str, by: str) -> dict[str, Any]:
    from wangge.groundwork import clock
    from wangge.surfaces.exchange.imports.mapping import load_mapping
    from wangge.surfaces.exchange.imports.run import ImportRun, RefusedFile

    mapping = load_mapping(mapping_name, {})
    kept = list(mapping.declaration.kept)
    total, groups = _Tally(), defaultdict[str, _Tally](_Tally)
    with tempfile.TemporaryDirectory() as directory, RefusedFile(Path(directory) / "refused.csv") as refused:
        run = ImportRun(file, mapping, at=clock.now(), refuse=refused.write)
        for report in run.reports():
            flag = report.kept[kept.index(_FLAG)] if _FLAG in kept else None
            total.add(report, flag)
            groups[getattr(report, _BY[by]) or _EMPTY].add(report, flag)
    return {
        "file": file.name,
        "mapping": mapping.name,
        "rows": run.tally.rows,
        "refused": run.tally.refused.total(),
        "definitions": {
            "on_time_rate_of_those_with_target": "100 * (closed by the target) / (closed and given a target)",
            "on_time_rate_of_all_cases": "100 * (closed, not after a target) / (closed)",
        },
        "total": total.plain(),
        f"by_{by}": {name: tally.plain() for name, tally in sorted(groups.items(), key=lambda e: (-e[1].cases, e[0]))},
    }
