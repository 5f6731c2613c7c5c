"""The command ``wangge``: which subcommands exist and where each lives; it is imported when it is called."""

from __future__ import annotations

import signal
import sys
from importlib import import_module

import click

from wangge.groundwork.postgres_programs import ClusterFailed
from wangge.project.environment import EnvironmentRefused
from wangge.project.words import _

COMMANDS = {
    "user": "wangge.project.commands.user:user",
    "token": "wangge.project.commands.token:token",
    "standards": "wangge.project.commands.standards:standards",
    "moves": "wangge.project.commands.moves:moves",
    "deadline": "wangge.project.commands.deadline:command",
    "elapsed": "wangge.project.commands.elapsed:command",
    "serve": "wangge.project.commands.serve:serve",
    "migrate": "wangge.project.commands.migrate:migrate",
    "check": "wangge.project.commands.check:check",
    "backup": "wangge.project.commands.backup:backup",
    "restore": "wangge.project.commands.restore:restore",
    "months": "wangge.project.commands.months:months",
    "rehearse": "wangge.project.commands.rehearse:rehearse",
    "demo": "wangge.project.commands.demo:demo",
    "door": "wangge.project.commands.door:door",
    "walk": "wangge.project.commands.walk:walk",
    "audit": "wangge.project.commands.audit:audit",
    "case": "wangge.project.commands.case:case",
    "simulate": "wangge.project.commands.simulate:simulate",
    "anchor": "wangge.project.commands.anchor:anchor",
    "verify": "wangge.project.commands.verify:verify",
    "borders": "wangge.project.commands.borders:command",
    "warehouse": "wangge.project.commands.warehouse:warehouse",
    "evaluate": "wangge.project.commands.evaluate:evaluate",
    "import": "wangge.project.commands.importing:group",
    "accounts": "wangge.project.commands.accounts:accounts",
    "letter": "wangge.project.commands.letter:letter",
    "spool": "wangge.project.commands.spool:spool",
    "hotline": "wangge.project.commands.hotline:hotline",
    "telephone": "wangge.project.commands.telephone:telephone",
    "suggest": "wangge.project.commands.suggest:suggest",
    "replies": "wangge.project.commands.replies:replies",
    "webhook": "wangge.project.commands.webhook:webhook",
    "export": "wangge.project.commands.exporting:group",
    "ownership": "wangge.project.commands.ownership:ownership",
}
"""Name of the subcommand → module and click command."""


_NO_SUCH_TABLE = "42P01"


class _Commands(click.Group):
    """Finds a subcommand in ``COMMANDS`` and imports its module only then."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        found = getattr(import_module(module), attribute)
        assert isinstance(found, click.Command)
        return found


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="wangge", prog_name="wangge")
def wangge() -> None:
    """网格：城市管理监督指挥中心的工作平台。"""


def main() -> None:
    """Run the command line; exit 0 on success, 1 on a finding, 2 on wrong use."""
    # Ended by a signal, a command still leaves the database as it found it.
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    try:
        wangge.main(prog_name="wangge")
    except EnvironmentRefused as refused:
        for line in refused.lines:
            click.echo(line, err=True)
        sys.exit(1)
    except ClusterFailed as failed:
        click.echo(str(failed), err=True)
        sys.exit(1)
    except Exception as failed:
        if getattr(failed.__cause__, "sqlstate", "") != _NO_SUCH_TABLE:
            raise
        told = _("数据库的结构不是本版本的，请先运行 wangge migrate：%(why)s")
        click.echo(told % {"why": str(failed).partition("\n")[0]}, err=True)
        sys.exit(1)
