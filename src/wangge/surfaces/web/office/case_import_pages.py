"""The page objects of imports of cases: where a file is given, and one run from its dry run to its end."""

from __future__ import annotations

from dataclasses import dataclass

from wangge.surfaces.web.elements.forms import Form
from wangge.surfaces.web.elements.pieces import Fact, Figure, Notice
from wangge.surfaces.web.pages import Shell


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run in the list."""

    file_name: str
    what: str
    at: str
    by: str
    state: str
    result: str
    url: str


@dataclass(frozen=True, slots=True)
class CaseImportsPage:
    """Where a file is given, and what came in before."""

    shell: Shell
    heading: str
    form: Form
    accepts: str
    limit_text: str
    past: tuple[RunLine, ...]


@dataclass(frozen=True, slots=True)
class CountList:
    """What was found, by name and number."""

    heading: str
    help: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CaseImportPage:
    """One run: under way with its progress, or its report with what may be done."""

    shell: Shell
    heading: str
    list_url: str
    url: str
    facts: tuple[Fact, ...]
    summary: Notice
    counts: tuple[Figure, ...] = ()
    lists: tuple[CountList, ...] = ()
    is_under_way: bool = False
    done: int = 0
    total: int = 0
    progress_text: str = ""
    can_confirm: bool = False
    refused_url: str = ""
