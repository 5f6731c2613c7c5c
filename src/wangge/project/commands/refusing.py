"""How an order that organizations refuse ends a command: its text on the error channel, exit 2."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click


class _Refusal(click.ClickException):
    exit_code = 2

    def show(self, file: object = None) -> None:
        """The text alone: it already says what to do."""
        click.echo(self.message, err=True)


@contextmanager
def refusals_shown() -> Iterator[None]:
    """Turn a ``Refused`` of the domain into an ended command."""
    from wangge.domains.organizations.policies import Refused

    try:
        yield
    except Refused as refused:
        raise _Refusal(str(refused)) from None
