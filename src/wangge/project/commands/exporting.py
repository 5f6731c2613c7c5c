"""The command group ``wangge export``: what can be handed to other systems."""

from __future__ import annotations

from importlib import import_module

import click

from wangge.project.words import _

EXPORTS = {"components": "wangge.project.commands.export_components:command"}
"""Name of what is exported → module and click command."""


class _Exports(click.Group):
    """Finds an export in ``EXPORTS`` and loads its module only then."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(EXPORTS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in EXPORTS:
            return None
        module, _colon, attribute = EXPORTS[cmd_name].partition(":")
        found = getattr(import_module(module), attribute)
        assert isinstance(found, click.Command)
        return found


@click.command(cls=_Exports, help=_("导出给其他系统。"))
def group() -> None:
    """The group of the exports above."""
