"""The command ``wangge webhook``: partners told of steps: add, list, stop, resume, replay; a receiver to try with."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus

import click
import orjson

from wangge.project.environment import read_environment
from wangge.project.opening import open_city
from wangge.project.words import _


@click.group(help=_("外部系统推送：登记、停发、恢复、重放。"))
def webhook() -> None:
    """The group of the verbs below."""


@webhook.command(help=_("登记一个外部系统；只输出签名密钥，之后不能再看到。"))
@click.argument("name")
@click.argument("address")
@click.option("--wall", type=click.Choice(["city", "district", "department"]), default="city", help=_("可收到的范围。"))
@click.option("--code", default="", help=_("区或责任单位的代码。"))
@click.option("--stage", "stages", multiple=True, help=_("只推送到达这些环节的步骤，可重复；不写则全部。"))
@click.option("--batch", type=click.IntRange(1, 500), default=100, help=_("每条报文最多的事件数。"))
def add(*, name: str, address: str, wall: str, code: str, stages: tuple[str, ...], batch: int) -> None:
    """Add a partner and print its secret alone."""
    with open_city():
        from django.conf import settings

        from wangge.domains.organizations.logic import TERMINAL
        from wangge.domains.partners.operations.partners import NewPartner, add_partner
        from wangge.groundwork import clock
        from wangge.project.commands.refusing import refusals_shown
        from wangge.surfaces.exchange.webhooks.posting import check_address

        with refusals_shown():
            _partner, secret = add_partner(
                new=NewPartner(name, address, wall, code, stages, batch), by=TERMINAL, at=clock.now(),
                installation_key=settings.SECRET_KEY, check_address=check_address,
            )  # fmt: skip
        click.echo(secret)


@webhook.command(name="list", help=_("列出外部系统与推送情况。"))
@click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 文档。"))
def list_partners(*, as_json: bool) -> None:
    """Print who is told what, and how far."""
    with open_city():
        from wangge.domains.partners.queries import consumer_of, partners
        from wangge.groundwork.outbox.operations import waiting

        found = [
            {
                "name": each.partner.name, "address": each.partner.address, "wall": each.partner.wall,
                "code": each.partner.code, "stages": each.partner.stages,
                "state": each.partner.stopped_because or ("failing" if each.partner.attempts else "running"),
                "facts_waiting": waiting(consumer=consumer_of(each.partner.pk)), "messages_to_go": each.to_go,
                "last_sent_at": each.last_sent_at.isoformat() if each.last_sent_at else None,
                "last_error": each.partner.last_error,
            }
            for each in partners()
        ]  # fmt: skip
    if as_json:
        click.echo(orjson.dumps(found))
        return
    for line in found:
        click.echo("\t".join(str(value or "") for value in line.values()))


@webhook.command(help=_("停发；其间的内容在恢复后推送。"))
@click.argument("name")
def stop(*, name: str) -> None:
    """Send nothing from now on."""
    _act(name, "stop_partner")


@webhook.command(help=_("恢复推送，从停下处继续。"))
@click.argument("name")
def resume(*, name: str) -> None:
    """Go on from where it was stopped."""
    _act(name, "resume_partner")


@webhook.command(help=_("从某时刻起重新推送；内容相同的报文编号不变。"))
@click.argument("name")
@click.option("--since", required=True, type=click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%d"]), help=_("本市时间。"))
def replay(*, name: str, since: datetime) -> None:
    """Tell again what was recorded from a moment on."""
    from wangge.groundwork.clock import CITY_ZONE

    _act(name, "replay", to=since.replace(tzinfo=CITY_ZONE))


def _act(name: str, act: str, **given: object) -> None:
    with open_city():
        from wangge.domains.organizations.logic import TERMINAL
        from wangge.domains.partners.operations import partners
        from wangge.domains.partners.queries import partner_named
        from wangge.groundwork import clock
        from wangge.project.commands.refusing import refusals_shown

        with refusals_shown():
            found = partner_named(name)
            getattr(partners, act)(partner_id=found.pk, by=TERMINAL, at=clock.now(), **given)


@webhook.command(help=_("在本机接收并核验报文，用于联调；每个事件输出一行 JSON。"))
@click.option("--secret", required=True, envvar="WANGGE_WEBHOOK_SECRET", help=_("登记时得到的密钥。"))
@click.option("--port", type=click.IntRange(0, 65_535), default=8091, help=_("本机端口。"))
def receive(*, secret: str, port: int) -> None:
    """Print each event that came signed, until it is interrupted."""
    from wangge.groundwork import clock
    from wangge.surfaces.exchange.webhooks.receiver import Receiver, listening

    clock.shift(timedelta(minutes=read_environment().clock_offset_minutes))  # as the city that speaks
    receiver, lock = Receiver(secret, clock.now), threading.Lock()

    def answer(headers: Mapping[str, str], body: bytes) -> HTTPStatus:
        with lock:
            before = len(receiver.events)
            status = receiver.take(headers, body)
            for event in list(receiver.events.values())[before:]:
                click.echo(orjson.dumps(event))
        if status is HTTPStatus.UNAUTHORIZED:
            click.echo(_("签名或时间不符，已拒收。"), err=True)
        return status

    with listening(answer, port=port) as found:
        click.echo(_("正在 127.0.0.1:%(port)s 接收。") % {"port": found}, err=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return
