"""The command ``wangge token``: keys of machines, by the operator at the machine."""

from __future__ import annotations

from datetime import timedelta

import click

from wangge.project.opening import open_city
from wangge.project.words import _


@click.group(help=_("机器接口的访问令牌。"))
def token() -> None:
    """The group of the verbs below."""


@token.command(help=_("为某人发放令牌；只输出令牌本身，之后不能再看到。"))
@click.argument("name")
@click.option("--scope", type=click.Choice(["full", "read", "write", "open311", "positions"]), default="full")
@click.option("--days", type=click.IntRange(min=1), help=_("有效天数；不写则不到期。"))
@click.option("--label", default="", help=_("说明这枚令牌给谁用。"))
def add(*, name: str, scope: str, days: int | None, label: str) -> None:
    """Make a token and print it alone."""
    with open_city():
        from wangge.domains.organizations.logic import TERMINAL, TokenScope
        from wangge.domains.organizations.operations.tokens import add_token
        from wangge.domains.organizations.policies import Refused
        from wangge.domains.organizations.queries import person_named
        from wangge.groundwork import clock
        from wangge.project.commands.refusing import refusals_shown

        with refusals_shown():
            person = person_named(name)
            if person is None:
                raise Refused(_("没有用户 %(name)s。请先用 wangge user add 建立。") % {"name": name})
            at = clock.now()
            made = add_token(
                by=TERMINAL,
                at=at,
                person=person,
                scope=TokenScope(scope),
                name=label,
                expires_at=at + timedelta(days=days) if days else None,
            )
        click.echo(made)


@token.command(help=_("即刻吊销令牌。"))
@click.argument("token_id", type=int)
def revoke(*, token_id: int) -> None:
    """Revoke a token by the number that ``token list`` shows."""
    with open_city():
        from wangge.domains.organizations.logic import TERMINAL
        from wangge.domains.organizations.operations.tokens import revoke_token
        from wangge.groundwork import clock
        from wangge.project.commands.refusing import refusals_shown

        with refusals_shown():
            revoke_token(by=TERMINAL, at=clock.now(), token_id=token_id)


@token.command(name="list", help=_("列出某人的令牌（不含令牌本身）。"))
@click.argument("name")
def list_tokens(*, name: str) -> None:
    """Print number, scope, label and dates of a person's tokens."""
    with open_city():
        from wangge.domains.organizations.queries import tokens_of
        from wangge.groundwork.clock import city_day

        for line in tokens_of(username=name):
            ends = line.revoked_at or line.expires_at
            until = city_day(ends) if ends else ""
            click.echo(f"{line.id}\t{line.scope}\t{line.name}\t{city_day(line.created_at)}\t{until}")
