"""What a published account is told from: plain values of one unit and year, in whole fen, no database behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from wangge.domains.disclosure.narrative.numbers import hundredths
from wangge.domains.self_evaluation.logic.lines import Funds, Sheet

ADMINISTRATIVE_KINDS = frozenset({"administrative", "civil_service"})
THREE_PUBLIC = ("abroad", "car_purchase", "car_running", "reception")


@dataclass(frozen=True, slots=True)
class Unit:
    """The unit whose account it is: one name everywhere, and one name of its superior."""

    name: str
    superior: str
    kind: str  # administrative, civil_service, institution, other
    kind_zh: str
    duties: tuple[str, ...]
    sections: tuple[str, ...]  # 内设机构
    subordinates: tuple[str, ...] = ()  # 决算单位构成: units included beside the unit itself


@dataclass(frozen=True, slots=True)
class Gathering:
    """Meetings or trainings of the year: money, how many, how many people, what about."""

    budget_fen: int = 0
    final_fen: int = 0
    times: int = 0
    persons: int = 0
    content: str = ""


@dataclass(frozen=True, slots=True)
class Registers:
    """What the registers hold on 31 December and over the year."""

    cars_held: int = 0
    cars_bought: int = 0
    car_use: str = ""  # what running costs were spent on
    missions: int = 0
    mission_persons: int = 0
    reception_batches: int = 0
    reception_persons: int = 0
    meetings: Gathering = Gathering()
    trainings: Gathering = Gathering()
    festivals: Gathering = Gathering()
    vehicles: Mapping[str, int] = field(default_factory=dict)  # by the use of the form
    other_vehicle_use: str = ""
    big_equipment: int = 0
    building_approved: int = 0  # m² of buildings finished in the year, as approved and as built
    building_area: int = 0


@dataclass(frozen=True, slots=True)
class Procurement:
    """Contracts of the year by kind; of these to small enterprises, of these to micro ones."""

    goods_fen: int = 0
    works_fen: int = 0
    services_fen: int = 0
    goods_small_fen: int = 0
    works_small_fen: int = 0
    services_small_fen: int = 0
    micro_fen: int = 0
    prior_total_fen: int | None = None
    budget_fen: int | None = None


@dataclass(frozen=True, slots=True)
class Staff:
    """People on 31 December."""

    posts: int = 0
    in_service: int = 0
    retired: int = 0
    temporary: int = 0


@dataclass(frozen=True, slots=True)
class Project:
    """One project with money: one name everywhere."""

    name: str
    initial_fen: int
    adjusted_fen: int
    final_fen: int
    prior_fen: int = 0
    purpose: str = ""
    results: str = ""
    fund: str = "general"  # general, fund, capital, insurance


@dataclass(frozen=True, slots=True)
class EvaluationForm:
    """One self-evaluation form as scored: of the whole unit (``project`` None) or of a project."""

    funds: Funds
    sheet: Sheet
    goal: str
    result: str
    filled_by: str
    filled_on: str
    telephone: str
    signed_by: str
    project: str | None = None
    basic_fen: int = 0
    project_fen: int = 0


@dataclass(frozen=True, slots=True)
class BusinessFigure:
    """A figure of the work itself, as printed, with its unit and the fact it comes from."""

    fact: str
    name: str
    value: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Words:
    """What only people can say: reasons by the id they belong to, and the closing sections of the report."""

    reasons: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    use_of_results: str = ""
    saving_measures: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """Everything one document is told from."""

    year: int
    unit: Unit
    cells: Mapping[str, int]  # id of the cell → fen, this year
    prior: Mapping[str, int]  # the same cells of last year, as far as known
    names: Mapping[str, str]  # function and economic codes → names
    initial_fen: Mapping[str, int]  # function item → initial budget
    registers: Registers
    procurement: Procurement
    staff: Staff
    projects: Sequence[Project]
    forms: Sequence[EvaluationForm]
    business: Sequence[BusinessFigure]
    words: Words
    budgeted: Mapping[str, int] = field(default_factory=dict)  # cells as budgeted, where the lines name economic items

    def fen(self, cell: str) -> int:
        """A cell of this year in fen; a cell that is not there is nothing."""
        return self.cells.get(cell, 0)

    def shown(self, cell: str) -> int:
        """A cell of this year as printed, in hundredths of 万元."""
        return hundredths(self.fen(cell))

    def shown_before(self, cell: str) -> int | None:
        """The same cell of last year as printed; None when it is not known."""
        return hundredths(self.prior[cell]) if cell in self.prior else None

    def items(self, table: str, column: str) -> tuple[tuple[str, int], ...]:
        """(code, hundredths) of the rows of a code table whose cell in ``column`` is not nothing, in code order."""
        ending = f".{column}"
        found = (
            (cell.split(".")[1], self.shown(cell))
            for cell in self.cells
            if cell.startswith(f"{table}.") and cell.endswith(ending)
        )
        return tuple(sorted((code, value) for code, value in found if code.isdigit() and value))

    @property
    def is_administrative(self) -> bool:
        """Whether 机关运行经费 applies."""
        return self.unit.kind in ADMINISTRATIVE_KINDS

    @property
    def whole_form(self) -> EvaluationForm | None:
        """The form of the whole unit."""
        return next((form for form in self.forms if form.project is None), None)
