"""The command ``wangge case``: one case as it stands, with its clocks, its steps and whether their chain holds."""

from __future__ import annotations

import json
from typing import Any

import click

from wangge.project.opening import open_city
from wangge.project.words import _


@click.group(help=_("案卷。"))
def case() -> None:
    """The group of the verbs below."""


@case.command(help=_("显示一件案卷：当前环节、计时、附加状态、流转记录与哈希链核对。"))
@click.argument("number")
@click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 文档。"))
def show(*, number: str, as_json: bool) -> None:
    """Exit 1 when there is no such case or its chain breaks. Personal words are not shown; the look is recorded."""
    with open_city():
        from wangge.groundwork.months_away import MonthRefused

        try:
            found = _case(number)
        except MonthRefused as refused:
            raise click.ClickException(str(refused)) from None
    if found is None:
        click.echo(_("没有案卷 {number}。").format(number=number), err=True)
        raise SystemExit(1)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        for line in _lines(found):
            click.echo(line)
    if not found["chain"]["ok"]:
        raise SystemExit(1)


@case.command(
    help=_(
        "清除一件案卷的个人信息（姓名、电话、描述、地址等）；流转记录与哈希链不变，清除本身会记录。"
        "--phone：清除一个电话号码名下的全部案卷、来信、查询登记、热线工单与通话。"
    )
)
@click.argument("number", required=False)
@click.option("--phone", help=_("此人的电话号码。"))
@click.option("--because", required=True, help=_("理由，如：本人申请。"))
@click.option("--yes", is_flag=True, help=_("不再询问。"))
def erase(*, number: str | None, phone: str | None, because: str, yes: bool) -> None:
    """Exit 1 when there is no such case, 2 without a reason."""
    if (number is None) == (phone is None):
        raise click.UsageError(_("请给出案卷号，或用 --phone 给出电话号码。"))
    if not yes:
        click.confirm(
            _("清除后不能恢复。确定清除案卷 {number} 的个人信息？").format(number=number or phone), abort=True
        )
    with open_city() as environment:
        from django.db import transaction

        from wangge.domains.cases.failures import BadInput, NoSuchCase
        from wangge.domains.citizens.operations.erasing import erase_person, erasure_of_case
        from wangge.domains.citizens.operations.following import erase_citizens
        from wangge.domains.hotline.refusals import BadOrder
        from wangge.domains.organizations.logic import TERMINAL
        from wangge.groundwork import clock
        from wangge.project.erasing_elsewhere import erase_elsewhere
        from wangge.project.erasures import note_erasures

        at = clock.now()
        try:
            if phone is not None:
                with transaction.atomic():
                    done = erase_person(phone=phone, because=because, by=TERMINAL, at=at)
                    elsewhere = erase_elsewhere(because=because, by=TERMINAL, at=at, phone=phone, cases=done.cases)
                    note_erasures(environment.var, [*done.erasures, *elsewhere.erasures(at)])
                told = _("已清除 {cases} 件案卷、{letters} 封来信、{followers} 条查询登记中的个人信息。")
                told = told.format(cases=len(done.cases), letters=done.letters, followers=done.followers)
            else:
                with transaction.atomic():
                    steps = erase_citizens(number=str(number), because=because, by=TERMINAL, at=at)
                    elsewhere = erase_elsewhere(because=because, by=TERMINAL, at=at, cases=[str(number)])
                    erased = erasure_of_case(number=str(number), at=at)
                    note_erasures(environment.var, [erased, *elsewhere.erasures(at)])
                told = _("已清除 {steps} 条流转记录中的个人信息。").format(steps=steps)
        except NoSuchCase:
            raise click.ClickException(_("没有案卷 {number}。").format(number=number)) from None
        except BadInput as bad:
            raise click.UsageError(bad.why) from bad
        except BadOrder as bad:
            raise click.UsageError(str(bad)) from bad
        elsewhere.remove_recordings()
    click.echo(told)
    if elsewhere.orders or elsewhere.calls:
        more = _("并清除 {orders} 件热线工单、{calls} 次通话。")
        click.echo(more.format(orders=len(elsewhere.orders), calls=len(elsewhere.calls)))


def _case(number: str) -> dict[str, Any] | None:
    """The contract's answer about the case, with ``steps`` and ``chain`` beside it."""
    from wangge.domains.cases.answers import answer_of_row
    from wangge.domains.cases.queries.chain_check import chain_breaks
    from wangge.domains.cases.queries.steps import steps_of
    from wangge.domains.cases.rows import draft_of, load
    from wangge.domains.organizations.logic import TERMINAL, AuditKind
    from wangge.domains.organizations.operations.audit import record
    from wangge.groundwork import clock

    row, at = load(number), clock.now()
    if row is None:
        return None
    record(by=TERMINAL, at=at, kind=AuditKind.VIEW, object_kind="case", object_key=row.number)
    breaks = chain_breaks(row)
    answer = answer_of_row(row, draft_of(row, at), by=TERMINAL, at=at)
    answer["steps"] = steps_of(row)
    answer["chain"] = {
        "ok": not breaks,
        "hash": row.tail_hash.hex(),
        "breaks": [{"seq": each.seq, "what": each.what} for each in breaks],
    }
    return answer


_HEADER = (
    "number", "stage", "version", "entry", "source", "category", "condition_seq", "district", "grid", "department",
    "holder", "cycle", "round", "reported_at", "filed_at", "handling_due_at", "closed_at", "description",
)  # fmt: skip


def _lines(found: dict[str, Any]) -> list[str]:
    """The case as people read it, section by section."""
    place = found["location"] or {}
    lines = [f"{name:<16} {found[name]}" for name in _HEADER if found[name] not in (None, "")]
    if place:
        lines.append(f"{'location':<16} {place['lon']} {place['lat']} {place['address']}")
    for clock in found["deadlines"]:
        used = f"{clock['used_minutes']}/{clock['allowance_minutes']}"
        words = (clock["clock"], clock["state"], used, clock["due_at"], clock["rule"])
        lines.append(f"{'clock':<16} {' '.join(word for word in words if word)}")
    lines += [f"{'overlay':<16} {overlay}" for overlay in found["overlays"]]
    lines += [_step_line(step) for step in found["steps"]]
    chain = found["chain"]
    lines.append(_("哈希链完整：{hash}").format(hash=chain["hash"]) if chain["ok"] else _("哈希链断裂："))
    lines += [_BREAKS[each["what"]].format(seq=each["seq"]) for each in chain["breaks"]]
    return lines


def _step_line(step: dict[str, Any]) -> str:
    args = " ".join(f"{name}={value}" for name, value in step["args"].items())
    evidence = "+".join(step["evidence"])
    moment, stages = step["at"][:16].replace("T", " "), f"{step['from_stage']} → {step['to_stage']}"
    words = [f"{step['seq']:>3}", moment, f"{step['verb']:<20}", f"{step['post']}/{step['by']}", stages, args, evidence]
    return "  ".join(word for word in words if word)


_BREAKS = {
    "missing": _("  第 {seq} 步之前缺少步骤。"),
    "changed": _("  第 {seq} 步的内容与哈希不符。"),
    "end": _("  案卷停在第 {seq} 步，与流转记录的最后一步不符。"),
}
