"""The command group ``wangge import``: what can be taken in from other systems."""

from __future__ import annotations

from importlib import import_module

import click

IMPORTS = {
    "run": "wangge.project.commands.import_run:command",
    "replay": "wangge.project.commands.import_replay:command",
    "reports": "wangge.project.commands.import_reports:command",
    "compare": "wangge.project.commands.import_compare:command",
    "history": "wangge.project.commands.import_history:command",
    "people": "wangge.project.commands.import_people:command",
    "ledger": "wangge.project.commands.import_ledger:command",
    "areas": "wangge.project.commands.import_areas:command",
    "components": "wangge.project.commands.import_components:command",
    "orders": "wangge.project.commands.import_orders:command",
    "names": "wangge.project.commands.import_names:command",
}
"""Name of what is imported → module and click command."""


class _Imports(click.Group):
    """Finds an import in ``IMPORTS`` and loads its module only then."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(IMPORTS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in IMPORTS:
            return None
        module, _, attribute = IMPORTS[cmd_name].partition(":")
        found = getattr(import_module(module), attribute)
        assert isinstance(found, click.Command)
        return found


@click.command(cls=_Imports)
def group() -> None:
    """从其他系统导入。"""
