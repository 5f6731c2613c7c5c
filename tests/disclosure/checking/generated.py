"""Correct papers from generated facts: random years of random units, whole in every sum, with tails and empty forms.

The facts are in fen, so that printed sums carry tails; funds, state capital, other income, carry-over, several levels
of wording and forms come and go by the seed. The documents are written by the product's own writer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from wangge.domains.disclosure.document import Cell, Document, Grid, Heading, Paragraph
from wangge.domains.disclosure.narrative.account import (
    Account,
    BusinessFigure,
    EvaluationForm,
    Gathering,
    Procurement,
    Project,
    Registers,
    Staff,
    Unit,
    Words,
)
from wangge.domains.disclosure.narrative.whole import write_document
from wangge.domains.disclosure.rendering.files import rendered
from wangge.domains.disclosure.rendering.tables import Tables, nine_tables
from wangge.domains.self_evaluation.logic.lines import Funds, Line, Reached
from wangge.domains.self_evaluation.logic.scoring import score_sheet
from wangge.standards.accounts.library import load_accounts
from wangge.standards.narrative import sentences
from wangge.standards.performance import performance_tables

FORMS = load_accounts("2024")
PERFORMANCE = performance_tables()
SENTENCES = sentences()
WAN = 1_000_000
FORMATS = ("txt", "docx", "html", "xlsx", "md")
SLOW_FORMATS = ("pdf",)
_PLACES = ("江北", "临河", "青石", "南岭", "东湖", "白鹭", "云溪", "平川")
_KINDS = ("城市管理监督指挥中心", "数字化城市管理中心", "市容环境卫生服务中心", "城市照明管理所", "园林绿化中心")
_BASIC = ("2080502", "2080505", "2080506", "2101102", "2101103", "2101199", "2120101", "2210201", "2120199")
_PROJECT = ("2120102", "2120399", "2120501", "2120303", "2010399", "2240199", "2130399", "2110399")
_PERSONNEL = ("30101", "30103", "30107", "30108", "30109", "30110", "30112", "30113", "30199", "30305", "30307")
_PUBLIC = ("30201", "30202", "30205", "30206", "30207", "30211", "30213", "30216", "30217", "30226", "30228", "30231",
           "30239", "30299", "31002")  # fmt: skip
_TASKS = ("路灯节能改造", "户外广告整治", "环卫作业采购", "系统运维", "绿地养护", "窨井盖更换")


@dataclass(frozen=True, slots=True)
class Made:
    """A generated year and its paper."""

    account: Account
    document: Document

    def as_format(self, name: str, document: Document | None = None) -> bytes:
        paper = document or self.document
        if name in ("txt", "md"):
            return as_text(paper, markdown=name == "md").encode()
        return rendered(name, paper, self.account.cells, FORMS)


def made(seed: int) -> Made:
    """The paper of a seed."""
    told = _Facts(Random(seed)).account()
    tables = Tables(
        told.unit.name,
        told.cells,
        told.names,
        SENTENCES["table.empty_fund"],
        SENTENCES["table.empty_capital"],
        SENTENCES["table.empty_three"],
    )
    return Made(told, write_document(told, nine_tables(tables, FORMS), performance=PERFORMANCE))


class _Facts:
    """Draws one unit's year."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.sums: dict[str, int] = defaultdict(int)
        self.year = random.choice((2023, 2024, 2025))

    def some(self, low: float, high: float) -> int:
        """An amount in fen, with its odd fen."""
        return self.random.randint(int(low * WAN), int(high * WAN))

    def maybe(self, share: float) -> bool:
        return self.random.random() < share

    def add(self, *names: str, fen: int) -> None:
        for name in names:
            self.sums[name] += fen

    def account(self) -> Account:
        basic = self._basic()
        projects = self._projects()
        self._other_income()
        self._fund()
        self._capital()
        self._carry()
        registers = self._three_public()
        total = self.sums["03.合计.c1"]
        initial = {code: self._initial(code) for code in self._items("05")}
        self._grand_totals()
        budget_basic = basic + self.some(0, 3)
        budget_projects = sum(project.adjusted_fen for project in projects) + self._beside(projects)
        whole = Funds(sum(initial.values()), budget_basic + budget_projects, total)
        forms = (
            self._form(whole, None, budget_basic, budget_projects),
            *(self._project_form(project) for project in projects),
        )
        name = f"{self.random.choice(_PLACES)}市{self.random.choice(_KINDS)}"
        return Account(
            self.year, self._unit(name), dict(self.sums), self._prior(), _names(), initial, registers,
            self._procurement(), self.staff, projects, forms, self._business(), self._words(initial),
            {name: fen for name, fen in self.sums.items() if name.startswith("06.")},
        )  # fmt: skip

    def _beside(self, projects: tuple[Project, ...]) -> int:
        """Project money that no project of the list holds."""
        return self.sums["03.合计.c3"] - sum(project.final_fen for project in projects)

    def _unit(self, name: str) -> Unit:
        duties = ("承担城市管理日常巡查", "受理和派遣城市管理案卷", "负责平台运行维护", "承办上级交办的其他工作")
        return Unit(
            name, f"{name[:3]}城市管理局", "institution", "财政补助事业单位", duties, ("办公室", "业务科", "技术科")
        )

    def _pay(self, code: str, fen: int, column: str) -> None:
        for row in (code, "合计"):
            self.add(f"03.{row}.c1", f"03.{row}.{column}", f"05.{row}.c1", f"05.{row}.{column}", fen=fen)
            self.add(f"02.{row}.c1", f"02.{row}.c2", fen=fen)
        self.add(f"01.{FORMS.row_of_class('01', code[:3])}", fen=fen)
        line = FORMS.row_of_class("04", code[:3])
        self.add(f"04.{line}.c2", f"04.{line}.c3", "04.r59.c2", "04.r59.c3", "01.r1", "04.r1", fen=fen)

    def _basic(self) -> int:
        economic = list(self.random.sample(_PERSONNEL, self.random.randint(5, len(_PERSONNEL))))
        economic += self.random.sample(_PUBLIC, self.random.randint(5, len(_PUBLIC)))
        amounts = {code: self.some(0.05, 12 if code in _PUBLIC else 90) for code in economic}
        for code, fen in amounts.items():
            half = "人员经费合计" if code[:3] in ("301", "303") else "公用经费合计"
            self.add(f"06.{code}", f"06.{code[:3]}", f"06.{half}", fen=fen)
        left = sum(amounts.values())
        items = sorted(self.random.sample(_BASIC, self.random.randint(3, len(_BASIC))))
        for code in items[:-1]:
            part = self.random.randint(1, max(2, left // 3))
            self._pay(code, part, "c2")
            left -= part
        self._pay(items[-1], left, "c2")
        in_service = self.random.randint(6, 30)
        self.staff = Staff(in_service + self.random.randint(0, 8), in_service, 1, 30)
        return sum(amounts.values())

    def _projects(self) -> tuple[Project, ...]:
        found = []
        for task in self.random.sample(_TASKS, self.random.randint(1, 4)):
            fen = self.some(2, 900)
            self._pay(self.random.choice(_PROJECT), fen, "c3")
            budget = fen + (self.some(0, 20) if self.maybe(0.5) else 0)
            before = self.some(1, 700)
            found.append(Project(f"{task}项目", budget, budget, fen, before, f"{task}及相关支出", "全年任务按计划完成"))
        return tuple(found)

    def _other_income(self) -> None:
        if not self.maybe(0.25):
            return
        code, fen = self.random.choice(self._items("05")), self.some(0.5, 40)
        for row in (code, "合计"):
            self.add(f"03.{row}.c1", f"03.{row}.c3", f"02.{row}.c1", f"02.{row}.c7", fen=fen)
        self.add(f"01.{FORMS.row_of_class('01', code[:3])}", "01.r8", fen=fen)

    def _fund(self) -> None:
        if not self.maybe(0.3):
            return
        code, fen = "2120899", self.some(5, 300)
        opening, closing = (self.some(0, 4), self.some(0, 4)) if self.maybe(0.4) else (0, 0)
        income = fen + closing - opening
        if income < 0:
            return
        for row in (code, "合计"):
            for column, value in (("c1", opening), ("c2", income), ("c3", fen), ("c5", fen), ("c6", closing)):
                self.add(f"07.{row}.{column}", fen=value)
            self.add(f"03.{row}.c1", f"03.{row}.c3", fen=fen)
            self.add(f"02.{row}.c1", f"02.{row}.c2", fen=income)
        line = FORMS.row_of_class("04", "212")
        self.add(f"01.{FORMS.row_of_class('01', '212')}", f"04.{line}.c2", f"04.{line}.c4", fen=fen)
        self.add("04.r59.c2", "04.r59.c4", fen=fen)
        self.add("01.r2", "04.r2", fen=income)
        self.add("04.r28", "04.r30", "01.r29", fen=opening)
        self.add("04.r60.c2", "04.r60.c4", "01.r59", fen=closing)

    def _capital(self) -> None:
        if not self.maybe(0.15):
            return
        code, fen = "2230199", self.some(1, 30)
        for row in (code, "合计"):
            self.add(f"08.{row}.c1", f"08.{row}.c3", f"03.{row}.c1", f"03.{row}.c3", fen=fen)
            self.add(f"02.{row}.c1", f"02.{row}.c2", fen=fen)
        line = FORMS.row_of_class("04", "223")
        self.add(f"01.{FORMS.row_of_class('01', '223')}", f"04.{line}.c2", f"04.{line}.c5", "04.r59.c2", fen=fen)
        self.add("04.r59.c5", "01.r3", "04.r3", fen=fen)

    def _carry(self) -> None:
        """General money carried in and out, on one item."""
        if not self.maybe(0.3):
            return
        code = self.random.choice(self._items("05"))
        opening, closing = self.some(0, 0.4), self.some(0, 5)
        moved = closing - opening
        if self.sums[f"02.{code}.c2"] + moved <= 0:
            return
        for row in (code, "合计"):
            self.add(f"02.{row}.c1", f"02.{row}.c2", fen=moved)
        self.add("01.r1", "04.r1", fen=moved)
        self.add("01.r29", "04.r28", "04.r29", fen=opening)
        self.add("01.r59", "04.r60.c2", "04.r60.c3", fen=closing)

    def _grand_totals(self) -> None:
        sums = self.sums
        sums["01.r27"] = sums["02.合计.c1"]
        sums["01.r57"] = sums["03.合计.c1"]
        sums["01.r30"] = sums["01.r27"] + sums["01.r29"]
        sums["01.r60"] = sums["01.r57"] + sums["01.r59"]
        sums["04.r27"] = sums["04.r1"] + sums["04.r2"] + sums["04.r3"]
        sums["04.r32"] = sums["04.r27"] + sums["04.r28"]
        for column in ("c2", "c3", "c4", "c5"):
            sums[f"04.r64.{column}"] = sums[f"04.r59.{column}"] + sums[f"04.r60.{column}"]

    def _three_public(self) -> Registers:
        running, reception = self.sums.get("06.30231", 0), self.sums.get("06.30217", 0)
        budget = [self.some(0, 2) if final else 0 for final in (running, reception)]
        for name, fen in (
            ("c5", running + budget[0]), ("c3", running + budget[0]), ("c6", reception + budget[1]),
            ("c1", running + reception + sum(budget)), ("c11", running), ("c9", running), ("c12", reception),
            ("c7", running + reception),
        ):  # fmt: skip
            self.add(f"09.{name}", fen=fen)
        training = self.sums.get("06.30216", 0)
        cars = self.random.randint(1, 6)
        return Registers(
            cars_held=cars,
            car_use="燃油、保险和维修",
            reception_batches=3 if reception else 0,
            reception_persons=20 if reception else 0,
            trainings=Gathering(training + self.some(0, 1), training, 2, 30, "业务培训") if training else Gathering(),
            vehicles={"应急保障用车": cars - 1, "其他用车": 1},
            other_vehicle_use="巡查",
        )

    def _items(self, table: str) -> list[str]:
        return sorted({name.split(".")[1] for name in self.sums if name.startswith(f"{table}.") and "合计" not in name})

    def _initial(self, code: str) -> int:
        final = self.sums[f"05.{code}.c1"]
        return 0 if self.maybe(0.15) else max(1000, final + self.random.randint(-final // 8, final // 6))

    def _prior(self) -> Mapping[str, int]:
        factor = self.random.uniform(0.7, 1.4)
        found = {}
        for name in ("01.r30", "04.r32", "05.合计.c1", "03.合计.c1"):
            found[name] = int(self.sums[name] * factor)
        parts = {"09.c8": 0, "09.c10": 0}
        for name in ("09.c11", "09.c12"):
            parts[name] = self.sums[name] if self.maybe(0.3) else int(self.sums[name] * self.random.uniform(0.6, 1.6))
        parts["09.c9"] = parts["09.c10"] + parts["09.c11"]
        parts["09.c7"] = parts["09.c8"] + parts["09.c9"] + parts["09.c12"]
        public = {name: int(self.sums.get(name, 0) * factor) for name in ("06.公用经费合计", "06.30201", "06.30216")}
        return found | parts | public

    def _procurement(self) -> Procurement:
        goods, works, services = (self.some(0.5, 60) if self.maybe(0.8) else 0 for _ in range(3))
        small = [int(fen * self.random.uniform(0, 1)) for fen in (goods, works, services)]
        micro = int(sum(small) * self.random.uniform(0, 1))
        total = goods + works + services
        return Procurement(goods, works, services, small[0], small[1], small[2], micro, total, total)

    def _form(self, funds: Funds, project: str | None, basic: int, projects: int) -> EvaluationForm:
        cent = Decimal("0.01")
        target = (Decimal(funds.adjusted_fen) / WAN).quantize(cent, ROUND_HALF_UP)
        spent = (Decimal(funds.executed_fen) / WAN).quantize(cent, ROUND_HALF_UP)
        about = (project or "全部工作")[:4]
        drawn = [
            ("output", "数量指标", f"{about}巡查次数", "20", "≥", "300", "次", "312"),
            ("output", "质量指标", f"{about}按期完成率", "20", "≥", "95", "%", self.random.choice(("96.5", "93.1"))),
            ("benefit", "社会效益指标", f"{about}整改率", "20", "≥", "90", "%", "95.2"),
            ("satisfaction", "服务对象满意度指标", "市民满意度", "10", "≥", "90", "%", "93"),
        ]
        lines = []
        for block, second, name, weight, sign, aim, unit, actual in drawn:
            short = Decimal(actual) < Decimal(aim)
            line = Line(
                block, second, name, Decimal(weight), sign, PERFORMANCE.default_rule(sign), Decimal(aim), aim, unit
            )
            lines.append(
                (
                    line,
                    Reached(
                        Decimal(actual), deviation="人手不足" if short else "", measure="增派人员" if short else ""
                    ),
                    None,
                )
            )
        cost = Line(
            "cost",
            "经济成本指标",
            "全年经费",
            Decimal(20),
            "≤",
            PERFORMANCE.default_rule("≤"),
            target,
            f"{target:f}",
            "万元",
        )
        lines.append((cost, Reached(spent), None))
        sheet = score_sheet(funds, lines, execution_weight=Decimal(10), tables=PERFORMANCE)
        texts = ("各项任务按期完成。", "各项任务已经完成。", "经办人", "2025年1月20日", "0000-0000000", "负责人")
        return EvaluationForm(funds, sheet, *texts, project, basic, projects)

    def _project_form(self, project: Project) -> EvaluationForm:
        funds = Funds(project.initial_fen, project.adjusted_fen, project.final_fen)
        return self._form(funds, project.name, 0, project.adjusted_fen)

    def _business(self) -> tuple[BusinessFigure, ...]:
        reported = self.random.randint(2000, 90000)
        filed = int(reported * 0.97)
        closed = int(filed * self.random.uniform(0.9, 0.999))
        rate = (Decimal(closed) * 100 / filed).quantize(Decimal("0.01"))
        in_ten_thousands = bool(reported % 3)
        return (
            _counted("cases_reported", "案卷上报", reported, in_ten_thousands),
            _counted("cases_filed", "立案", filed, in_ten_thousands),
            _counted("cases_closed", "结案", closed, in_ten_thousands),
            BusinessFigure("close_rate", "结案率", rate, "%"),
            _counted("cases_self_handled", "自行处置", closed // 5, in_ten_thousands),
        )

    def _words(self, initial: Mapping[str, int]) -> Words:
        reasons = (
            "人员变动",
            "压减开支",
            "年中追加任务",
            "据实结算",
            "项目进度快于预期",
            "缴费基数调整",
            "合同跨年支付",
        )
        told = {f"N.s53.{code}": reasons[place % len(reasons)] for place, code in enumerate(initial)}
        told |= dict.fromkeys(("N.s1.change", "N.s4.change", "N.s51.change", "N.s9.change"), "项目规模变化")
        told |= {f"N.s7.{item}.change": "用车次数变化" for item in ("total", "car", "running", "reception")}
        return Words(
            told,
            ("指标设置还不够细",),
            ("细化指标，按季度跟踪",),
            "结果报送主管部门并随决算公开",
            "严格控制一般性支出。",
        )


def _names() -> dict[str, str]:
    found = {code: row.name for code, row in FORMS.function_codes.items()}
    found |= {code: row.name for code, row in FORMS.economic_codes.items()}
    return found | {f"04.row.{code}": FORMS.row_of_class("04", code) for code in FORMS.classes}


def as_text(document: Document, *, markdown: bool = False) -> str:
    """The paper as text: tables with tabs or bars, the way copies of papers go about."""
    lines: list[str] = [f"{document.title}", ""]
    for block in document.blocks:
        if isinstance(block, (Heading, Paragraph)):
            lines += [block.text, ""]
        elif isinstance(block, Grid):
            lines += [block.title, "", block.number, block.head, block.measure, ""]
            lines += [_text_row(row, markdown) for row in spread_rows(block)]
            lines += ["", *block.notes, ""]
    return "\n".join(lines)


def _text_row(cells: list[str], markdown: bool) -> str:
    return f"| {' | '.join(cells)} |" if markdown else "\t".join([*cells, ""])


def spread_rows(grid: Grid) -> list[list[str]]:
    """Rows with blanks where cells are merged."""
    hanging: dict[int, int] = {}
    found = []
    for row in grid.rows:
        cells: list[str] = []
        for cell in row:
            _blank(cells, hanging)
            _lay(cells, cell, hanging)
        _blank(cells, hanging)
        found.append(cells)
    return found


def _blank(cells: list[str], hanging: dict[int, int]) -> None:
    while hanging.get(len(cells)):
        hanging[len(cells)] -= 1
        cells.append("")


def _lay(cells: list[str], cell: Cell, hanging: dict[int, int]) -> None:
    for place in range(cell.columns):
        if cell.rows > 1:
            hanging[len(cells)] = cell.rows - 1
        cells.append("" if place else cell.text)


def _counted(fact: str, name: str, count: int, in_ten_thousands: bool) -> BusinessFigure:
    """Most papers tell tens of thousands in 万, beside single cases below; some always single ones."""
    if in_ten_thousands and count >= 10_000:
        return BusinessFigure(fact, name, (Decimal(count) / 10_000).quantize(Decimal("0.01")), "万件")
    return BusinessFigure(fact, name, Decimal(count), "件")
