"""The command ``wangge accounts``: which of its verbs exist and where each lives."""

from __future__ import annotations

from importlib import import_module

import click

from wangge.project.words import _

COMMANDS = {
    "audit": "wangge.project.commands.accounts_audit:audit",
    "build": "wangge.project.commands.accounts_build:build",
    "step": "wangge.project.commands.accounts_build:step",
    "trace": "wangge.project.commands.accounts_trace:trace",
    "diff": "wangge.project.commands.accounts_trace:diff",
    "compare": "wangge.project.commands.accounts_trace:compare",
    "beside": "wangge.project.commands.accounts_trace:beside",
    "template": "wangge.project.commands.accounts_template:template",
    "year": "wangge.project.commands.accounts_year:year",
    "calendar": "wangge.project.commands.accounts_year:calendar",
    "verify": "wangge.project.commands.accounts_year:verify",
}
"""Name of the verb → module and click command; imported when it is called."""


class _Verbs(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _colon, attribute = COMMANDS[cmd_name].partition(":")
        found = getattr(import_module(module), attribute)
        assert isinstance(found, click.Command)
        return found


@click.command(cls=_Verbs, help=_("单位决算：编制、校核、溯源。"))
def accounts() -> None:
    """The group of the verbs above."""
