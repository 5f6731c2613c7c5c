"""The command ``wangge import replay``: a burst of another city's reports, at its pace, through Open311."""

from __future__ import annotations

from pathlib import Path

import click
import orjson
from rich.console import Console

from wangge.project.words import _


class _Pace(click.ParamType):  # type: ignore[type-arg]
    """``real``, or how many times faster; 0 without waiting."""

    name = "real|N"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if value == "real":
            return 1.0
        try:
            pace = float(str(value))
        except ValueError:
            self.fail(_("应为 real 或一个数，例如 20。"), param, ctx)
        if not 0 <= pace < 1e9:
            self.fail(_("应为 real 或一个数，例如 20。"), param, ctx)
        return pace


@click.command(name="replay", help=_("按真实节奏或加快若干倍，把外部诉求经 Open311 接口逐件送入运行中的城市。"))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--mapping", "mapping_name", required=True, help=_("自带映射的名称，或一个 .toml 映射文件。"))
@click.option("--pace", type=_Pace(), default="real", help=_("real 为真实节奏，20 为 20 倍，0 为不等待。"))
@click.option("--url", default="http://127.0.0.1:8000/open311/v2", help=_("Open311 接口的地址。"))
@click.option("--key", "api_key", required=True, envvar="WANGGE_OPEN311_KEY", help=_("api_key，也可由环境变量给出。"))
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help=_("只送这一天（当地日期）的诉求。"))
@click.option("--most", type=click.IntRange(1), help=_("最多送多少件。"))
@click.option("--workers", default=8, type=click.IntRange(1, 64), help=_("同时发送的连接数。"))
@click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 文档。"))
def command(
    *,
    file: Path,
    mapping_name: str,
    pace: float,
    url: str,
    api_key: str,
    day: object,
    most: int | None,
    workers: int,
    as_json: bool,
) -> None:
    """Exit 1 when a report was lost: neither taken nor refused."""
    from datetime import datetime
    from itertools import islice

    from wangge.groundwork import clock
    from wangge.project.commands.bars import counted_bar
    from wangge.project.commands.import_reports import without_city
    from wangge.surfaces.exchange.imports.mapping import MappingRefused, load_mapping
    from wangge.surfaces.exchange.imports.reading import FileRefused
    from wangge.surfaces.exchange.imports.replaying import Open311Sender, replay
    from wangge.surfaces.exchange.imports.run import ImportRun

    with without_city():
        try:
            mapping = load_mapping(mapping_name)
            run = ImportRun(file, mapping, at=clock.now(), refuse=lambda _row: None)
            zone = mapping.declaration.zone
            reports = (
                report
                for report in run.reports()
                if not isinstance(day, datetime) or report.reported_at.astimezone(zone).date() == day.date()
            )
            chosen = list(islice(reports, most))
        except MappingRefused as refused:
            raise click.ClickException("\n".join(finding.text(_) for finding in refused.findings)) from refused
        except FileRefused as broken:
            raise click.ClickException(_(broken.message) % broken.values) from broken
        with counted_bar(file.name, len(chosen), unit=_("件"), quiet=as_json) as tell:
            replayed = replay(chosen, lambda: Open311Sender(url, api_key), pace=pace, workers=workers, told=tell)
    document = {"file": str(file), "mapping": mapping.name, "pace": pace, **replayed.as_json()}
    if as_json:
        click.echo(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode())
    else:
        console = Console(markup=False, highlight=False)
        console.print(
            _("应送 %(due)d 件：收下 %(taken)d，退回 %(refused)d，丢失 %(lost)d，重发 %(sent_again)d；%(seconds).1f 秒")
            % document
        )
        lag, answers = replayed.as_json()["lag_seconds"], replayed.as_json()["answer_seconds"]
        if lag and answers:
            told = {"rate": document["per_second"], "lag": lag["p95"], "most": lag["max"], "answer": answers["p95"]}
            console.print(
                _("每秒 %(rate)s 件；95%% 晚于应送时刻不超过 %(lag)s 秒，最大 %(most)s；95%% 的答复在 %(answer)s 秒内")
                % told
            )
        for reason, count in replayed.refused.most_common(10):
            console.print(f"{reason}：{count}")
    if replayed.lost:
        raise SystemExit(1)
