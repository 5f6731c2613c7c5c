"""The page objects of what the finance office keeps: editions, calendar, template, registers, imports."""

from __future__ import annotations

from dataclasses import dataclass

from wangge.surfaces.web.elements.forms import Form
from wangge.surfaces.web.elements.pieces import Fact, Figure
from wangge.surfaces.web.pages import Shell


@dataclass(frozen=True, slots=True)
class DateRow:
    """One date of the calendar; ``standing`` is late, soon, ahead, done or waiting."""

    name: str
    due: str
    done: str
    standing: str
    standing_zh: str


@dataclass(frozen=True, slots=True)
class EditionPiece:
    """One edition with its way so far and what may be done now."""

    title: str
    state_zh: str
    corrects: str
    code: str
    steps: tuple[Fact, ...]
    files: tuple[Fact, ...]
    forms: tuple[tuple[str, Form], ...]  # with the id of each on the page


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit below the bureau with its newest edition."""

    name: str
    url: str
    edition: str
    state_zh: str
    when: str
    is_waiting: bool


@dataclass(frozen=True, slots=True)
class EditionsPage:
    """The calendar of a year's account and every edition on its way."""

    shell: Shell
    unit: str
    year: int
    years: tuple[Figure, ...]
    units: tuple[Figure, ...]
    dates: tuple[DateRow, ...]
    warning: str
    editions: tuple[EditionPiece, ...]
    compile_form: Form | None
    blocked: str
    draft_url: str
    template_url: str
    below: tuple[UnitRow, ...] = ()
    below_note: str = ""
    events_url: str = ""
    forms: tuple[Figure, ...] = ()  # the account, the published budget


@dataclass(frozen=True, slots=True)
class TemplatePage:
    """The Word template of a year: what was mapped, and what a person has still to say."""

    shell: Shell
    unit: str
    year: int
    years: tuple[Figure, ...]
    units: tuple[Figure, ...]
    name: str
    fields: tuple[Fact, ...]
    sections: tuple[Fact, ...]
    open_forms: tuple[tuple[str, Form], ...]  # with the id of each on the page
    missing: tuple[str, ...]
    upload_url: str  # empty: may not
    accepts: str
    help: str
    withdraw_form: Form | None
    download_url: str
    draft_url: str
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RegisterKindLine:
    """One register in the list."""

    url: str
    name: str
    count: str
    amount: str


@dataclass(frozen=True, slots=True)
class RegistersPage:
    """The registers of a unit and year."""

    shell: Shell
    unit: str
    year: int
    years: tuple[Figure, ...]
    units: tuple[Figure, ...]
    lines: tuple[RegisterKindLine, ...]


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One record as its register shows it."""

    url: str
    key: str
    cells: tuple[str, ...]
    is_withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class LevelRow:
    """One service line in one month: minutes out of service, allowed and beyond."""

    month: str
    name: str
    contract: str
    minutes: str
    allowed: str
    beyond: str


@dataclass(frozen=True, slots=True)
class TermRow:
    """A delivery beside its term of payment."""

    contract: str
    size: str
    delivered: str
    amount: str
    days: str
    due: str
    settled: str
    open: str
    standing: str
    is_late: bool
    remark: str


@dataclass(frozen=True, slots=True)
class TermsPiece:
    """The terms of payment of a unit's contracts, with what cannot be said yet."""

    rows: tuple[TermRow, ...]
    summary: str
    basis: str
    undelivered: str


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """One register: its records, and the form for another."""

    shell: Shell
    name: str
    unit: str
    year: int
    years: tuple[Figure, ...]
    units: tuple[Figure, ...]
    heads: tuple[str, ...]
    amounts: tuple[bool, ...]
    rows: tuple[RegisterRow, ...]
    form: Form | None
    back_url: str
    is_form_open: bool = False
    levels: tuple[LevelRow, ...] = ()
    terms: TermsPiece | None = None

    @property
    def columns(self) -> tuple[tuple[str, bool], ...]:
        """Each head, and whether figures stand below it."""
        return tuple(zip(self.heads, (False, *self.amounts), strict=True))

    @property
    def lines(self) -> tuple[tuple[RegisterRow, tuple[tuple[str, bool], ...]], ...]:
        """Each row with its cells, and which of them are figures."""
        return tuple((row, tuple(zip(row.cells, self.amounts, strict=True))) for row in self.rows)


@dataclass(frozen=True, slots=True)
class RecordVersion:
    """One version of a record."""

    title: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class RecordPage:
    """One record with its versions, to correct or withdraw."""

    shell: Shell
    name: str
    key: str
    versions: tuple[RecordVersion, ...]
    correct_form: Form | None
    withdraw_form: Form | None
    back_url: str


@dataclass(frozen=True, slots=True)
class ImportLine:
    """One import that was made."""

    at: str
    mapping: str
    file_name: str
    by: str
    result: str


@dataclass(frozen=True, slots=True)
class LedgerImportsPage:
    """Give a list of another finance system, and the imports so far."""

    shell: Shell
    url: str
    accepts: str
    limit_text: str
    mappings: tuple[tuple[str, str], ...]
    chosen: str
    past: tuple[ImportLine, ...]
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProofRow:
    """File against ledger, in 元."""

    what: str
    file: str
    ledger: str
    off: str


@dataclass(frozen=True, slots=True)
class LedgerImportPage:
    """What a file would do: difference to what is there, refused rows, notes, proof; then yes or no."""

    shell: Shell
    file_name: str
    mapping: str
    facts: tuple[Fact, ...]
    changed: tuple[str, ...]
    vanished: tuple[str, ...]
    refused: tuple[Fact, ...]
    more_refused: str
    notes: tuple[str, ...]
    proof: tuple[ProofRow, ...]
    confirm_form: Form | None
    drop_form: Form
    back_url: str
