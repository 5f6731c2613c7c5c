"""The command ``wangge door``: which public doors stand open, and the decisions that open and close them."""

from __future__ import annotations

import json

import click

from wangge.project.opening import open_city
from wangge.project.words import _

DOORS = click.Choice(["report", "status", "open311", "letters", "bulletins", "map"])
_decided_by = click.option("--decided-by", required=True, metavar="TEXT", help=_("由谁决定：机构或人员。"))
_decision = click.option("--decision", required=True, metavar="TEXT", help=_("决定的内容或文号。"))


@click.group(help=_("不登录即可使用的对外入口：公众上报、公众查询、Open311、公众来信、考评通报、近期案卷地图。"))
def door() -> None:
    """The group of the verbs below."""


@door.command(name="open", help=_("登记一项开放决定；须写明保密审查结论。"))
@click.argument("name", type=DOORS)
@_decided_by
@_decision
@click.option("--secrecy-review", required=True, metavar="TEXT", help=_("保密审查的结论。"))
def open_one(*, name: str, decided_by: str, decision: str, secrecy_review: str) -> None:
    """Open a door from now on."""
    with open_city():
        from wangge.domains.organizations.logic import TERMINAL
        from wangge.domains.organizations.models import PublicDoor
        from wangge.domains.organizations.operations.public_doors import open_door
        from wangge.groundwork import clock
        from wangge.project.commands.refusing import refusals_shown

        with refusals_shown():
            open_door(
                by=TERMINAL,
                at=clock.now(),
                door=PublicDoor(name),
                decided_by=decided_by,
                decision=decision,
                secrecy_review=secrecy_review,
            )


@door.command(name="close", help=_("登记一项关闭决定。"))
@click.argument("name", type=DOORS)
@_decided_by
@_decision
def close_one(*, name: str, decided_by: str, decision: str) -> None:
    """Close a door from now on."""
    with open_city():
        from wangge.domains.organizations.logic import TERMINAL
        from wangge.domains.organizations.models import PublicDoor
        from wangge.domains.organizations.operations.public_doors import close_door
        from wangge.groundwork import clock
        from wangge.project.commands.refusing import refusals_shown

        with refusals_shown():
            close_door(by=TERMINAL, at=clock.now(), door=PublicDoor(name), decided_by=decided_by, decision=decision)


@door.command(name="list", help=_("列出各入口及全部决定。"))
@click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 文档。"))
def list_doors(*, as_json: bool) -> None:
    """Print how each door stands and every decision."""
    with open_city():
        from wangge.domains.organizations.models import PublicDoor
        from wangge.domains.organizations.public_doors import door_decisions, open_doors
        from wangge.groundwork.clock import CITY_ZONE

        opened = open_doors()
        standing = {each.value: each in opened for each in PublicDoor}
        decisions = [
            {
                "door": each.door,
                "opens": each.opens,
                "at": each.at.astimezone(CITY_ZONE).isoformat(),
                "decided_by": each.decided_by,
                "decision": each.decision,
                "secrecy_review": each.secrecy_review,
            }
            for each in door_decisions()
        ]
    if as_json:
        click.echo(json.dumps({"doors": standing, "decisions": decisions}, ensure_ascii=False))
        return
    for name, is_open in standing.items():
        click.echo(f"{name}\t{_('开放') if is_open else _('未开放')}")
    for line in decisions:
        done, moment = _("开放") if line["opens"] else _("关闭"), str(line["at"])[:16].replace("T", " ")
        told = (line["door"], done, moment, line["decided_by"], line["decision"], line["secrecy_review"])
        click.echo("\t".join(map(str, told)))
