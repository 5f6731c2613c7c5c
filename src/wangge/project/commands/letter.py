"""The command ``wangge letter``: erasing who wrote a letter and what; that there was one stays."""

from __future__ import annotations

import click

from wangge.project.opening import open_city
from wangge.project.words import _


@click.group(help=_("公众来信。"))
def letter() -> None:
    """The group of the verbs below."""


@letter.command(help=_("清除一封来信的内容与写信人信息；办理经过不变，清除本身会记录。"))
@click.argument("number", type=int)
@click.option("--because", required=True, help=_("理由，如：本人申请。"))
@click.option("--yes", is_flag=True, help=_("不再询问。"))
def erase(*, number: int, because: str, yes: bool) -> None:
    """Exit 1 when there is no such letter, 2 without a reason."""
    if not yes:
        click.confirm(_("清除后不能恢复。确定清除来信 {number}？").format(number=number), abort=True)
    with open_city() as environment:
        from django.db import transaction

        from wangge.domains.citizens.operations.erasing import erasure_of_letter
        from wangge.domains.citizens.operations.letters import erase_letter
        from wangge.domains.citizens.refusals import LetterRefused, NoSuchLetter
        from wangge.domains.organizations.logic import TERMINAL
        from wangge.groundwork import clock
        from wangge.project.erasures import note_erasures

        at = clock.now()
        try:
            with transaction.atomic():
                erase_letter(number=number, because=because, by=TERMINAL, at=at)
                note_erasures(environment.var, [erasure_of_letter(number=number, at=at)])
        except NoSuchLetter:
            raise click.ClickException(_("没有来信 {number}，或已清除。").format(number=number)) from None
        except LetterRefused as refused:
            raise click.UsageError(str(refused)) from refused
    click.echo(_("已清除。"))
