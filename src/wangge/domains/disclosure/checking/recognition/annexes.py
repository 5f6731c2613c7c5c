"""The annexes: basic data 1-1, self-evaluation of the whole 1-2 and of each project 1-3, projects in the report."""

from __future__ import annotations

import re
from decimal import Decimal

from wangge.domains.disclosure.checking.reading.blocks import Grid, Place, Row
from wangge.domains.disclosure.checking.recognition.cells import CENT, LIKELY, SURE, Cell, Gathered, number_of, tight
from wangge.domains.disclosure.checking.recognition.papers import EvaluationForm, Line, Paper, Project
from wangge.domains.disclosure.checking.recognition.tables import Found
from wangge.standards.accounts.names import name_part

_BASICS = (  # row of 1-1 -> the words that tell it; the first that fits
    ("公务用车", "公务用车购置和|公务用车购置及|公车购置和|公车购置及"),
    ("公车购置", "公车购置|公务用车购置(?:费)?$"),
    ("公车运行维护", "公车运行|公务用车运行"),
    ("出国经费", "出国"),
    ("公务接待", "接待"),
    ("三公经费", "^”?三公”?经费"),
    ("项目支出", "^项目支出"),
    ("公用经费", "^公用经费|^日常公用经费"),
    ("办公经费", "办公经费|办公费"),
    ("水电差旅", "水费"),
    ("会议培训", "会议费"),
    ("政府采购", "^政府采购"),
    ("基本支出预算调整", "基本支出预算调整"),
)
_BUILDING = ("批复规模", "实际规模", "规模控制率", "预算投资", "实际投资", "投资概算控制率")
_BLOCK = re.compile(
    r"(产出指标|效益指标|满意度指标|成本指标|预算执行|产出|效益|满意度|成本)(?:（(\d+(?:\.\d+)?)分?）)?"
)
_SUBLEVEL = re.compile(
    r"(?:数量|质量|时效|成本|经济效益|社会效益|生态效益|可持续影响|可持续发展|服务对象满意度|社会公众满意度|满意度|经济成本|社会成本|生态环境成本|生态成本)(?:指标)?"
)
_FUND = ("initial", "budget", "final", "weight", "rate", "score")
_SIGNATURES = ("填表人", "填报日期", "联系电话", "单位负责人")
_FUND_ZH = dict(zip(_FUND, ("年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分"), strict=True))
_FIELD_ZH = {"target": "年度指标值", "actual": "实际完成值", "weight": "分值", "score": "得分"}


def read_basics(found: Found, paper: Paper, gathered: Gathered) -> None:
    """Annex 1-1: staff, the rows with three columns, buildings."""
    paper.has_basics = True
    paper.basics_signed = signatures(found)
    _staff(found.grid, gathered)
    inside = False
    for row in found.grid.rows:
        cells = [tight(cell) for cell in row.cells]
        label = next((cell for cell in cells if cell and number_of(cell) is None), "").rstrip("：:")
        bare = re.sub(r"^(?:\d+[、.．]|其中[:：])+", "", label)
        key = next((name for name, words in _BASICS if re.search(words, bare)), "")
        if bare.startswith(("楼堂馆所", "（m", "（2", "厉行")) or "批复规模" in "".join(cells):
            inside = False
        if key == "项目支出":
            inside = True
        elif key in ("公用经费", "政府采购"):
            inside = False
        if not key and inside and label and not re.search("决算数|预算数", "".join(cells)):
            key = name_part(bare)
            if "一个专项一行" not in bare or any(number_of(cell) for cell in cells):
                paper.projects.append(Project(bare, key, row.place))
        if key:
            paper.annex_rows.setdefault(key, (label, row.place))
            _three(key, label, cells, row, gathered)
    _buildings(found.grid, gathered)


def _three(key: str, label: str, cells: list[str], row: Row, gathered: Gathered) -> None:
    """The three columns: blanks between them come from merged headers, so columns are told by their places."""
    start = cells.index(next(cell for cell in cells if cell)) + 1
    rest = cells[start:]
    step = 2 if len(rest) >= 5 else 1
    texts = [rest[place] if place < len(rest) else "" for place in (0, step, 2 * step)]
    numbers = [cell for cell in rest if number_of(cell)]
    sure = SURE
    if len(numbers) == 3 and [text for text in texts if number_of(text)] != numbers:
        texts, sure = numbers, LIKELY
    titles = ("上年决算数", "本年预算数", "本年决算数")
    for count, (text, title) in enumerate(zip(texts, titles, strict=True), 1):
        where = f"附件1-1 行“{label}” 列“{title}”"
        gathered.amount(f"1-1.{key}.c{count}", text, row.place, scale=Decimal(1), where=where, confidence=sure)


def _staff(grid: Grid, gathered: Gathered) -> None:
    for place, row in enumerate(grid.rows):
        if "编制" not in tight("".join(row.cells)) or place + 1 >= len(grid.rows):
            continue
        below = grid.rows[place + 1]
        filled = [cell for cell in map(tight, below.cells) if number_of(cell)]
        for subject, text, title in zip(
            ("posts", "actual", "rate"), filled[:3], ("编制数", "实际在职人数", "控制率"), strict=False
        ):
            number = number_of(text)
            assert number
            step = Decimal(1).scaleb(-number.decimals)
            gathered.put(
                Cell(f"1-1.staff.{subject}", text, number.value, below.place, SURE, f"附件1-1 “{title}”", step)
            )
        return


def _buildings(grid: Grid, gathered: Gathered) -> None:
    for place, row in enumerate(grid.rows):
        cells = [tight(cell) for cell in row.cells]
        first = next((at for at, cell in enumerate(cells) if cell.startswith("批复规模")), None)
        if first is None:
            continue
        for below in grid.rows[place + 1 :]:
            values = [tight(cell) for cell in below.cells]
            if not any(number_of(cell) for cell in values[first:]) or "m" in "".join(values[first:]):
                continue
            for count, title in enumerate(_BUILDING):
                text = values[first + count] if first + count < len(values) else ""
                gathered.amount(
                    f"1-1.building.{title}", text, below.place, scale=Decimal(1), where=f"附件1-1 “{title}”"
                )
            return


def read_form(found: Found, form: str, paper: Paper, gathered: Gathered) -> None:
    """Annex 1-2 or a 1-3: funds, split, indicators, total, texts."""
    read = EvaluationForm(form, found.grid, place=found.grid.place, signed=signatures(found))
    read.signature_printed = any("填表人" in tight(p.text) for p in found.after) or "填表人" in tight(
        "".join("".join(row.cells) for row in found.grid.rows[-4:])
    )
    paper.forms[form] = read
    state = _State()
    for row in found.grid.rows:
        cells = [tight(cell) for cell in row.cells]
        if not any(cells):
            continue
        text = "".join(cells)
        if "三级指标" in text:
            state.lines, read.has_deviation_column = True, "偏差" in text
            _see_header(cells, state)
        elif state.lines:
            _line(cells, row, read, state, gathered)
        else:
            _head_row(cells, row, read, state, gathered)


class _State:
    """Where in a form the reading stands."""

    def __init__(self) -> None:
        self.lines = False
        self.texts = False
        self.block = ""
        self.sublevel = ""
        self.width = 0


def _see_header(cells: list[str], state: _State) -> None:
    state.width = len(cells)


def _head_row(cells: list[str], row: Row, read: EvaluationForm, state: _State, gathered: Gathered) -> None:
    text = "".join(cells)
    filled = [cell for cell in cells if cell]
    if re.match("项目(?:支出)?名称", filled[0]) and len(filled) > 1:
        read.project = filled[1]
        gathered.put(
            Cell(f"{read.form}.project.name", filled[1], None, row.place, SURE, f"附件{read.form[:3]} 项目名称")
        )
    elif "预期目标" in text:
        state.texts = True
    elif "年度资金总额" in text:
        _funds(cells, row, read, gathered)
    elif "按收入性质" in text:
        return
    elif state.texts and not read.target_text:
        words = [cell for cell in filled if len(cell) > 10]
        read.target_text = words[0] if words else ""
        read.actual_text = words[1] if len(words) > 1 else ""
    else:
        _splits(cells, row, read, gathered)


def _funds(cells: list[str], row: Row, read: EvaluationForm, gathered: Gathered) -> None:
    """The row of the whole money: three amounts, weight, rate with its sign, score."""
    at = next(place for place, cell in enumerate(cells) if "年度资金总额" in cell)
    texts = [cell for cell in cells[at + 1 :] if number_of(cell)]
    rate_at = next((place for place, cell in enumerate(texts) if cell.endswith("%")), None)
    if rate_at is None and len(texts) == 6:
        rate_at = 4
    if rate_at is not None:
        named = dict(zip(("final", "budget", "initial"), reversed(texts[: rate_at - 1]), strict=False))
        named |= {"weight": texts[rate_at - 1], "rate": texts[rate_at]} if rate_at >= 1 else {}
        if rate_at + 1 < len(texts):
            named["score"] = texts[rate_at + 1]
    else:
        named = dict(zip(("initial", "budget", "final"), texts, strict=False))
    for field, text in named.items():
        _put(f"{read.form}.fund.{field}", text, row, f"附件{read.form[:3]} 年度资金总额 “{_FUND_ZH[field]}”", gathered)


def _put(name: str, text: str, row: Row, where: str, gathered: Gathered) -> None:
    number = number_of(text)
    if number is not None:
        step = CENT if name.endswith(("initial", "budget", "final")) else Decimal(1).scaleb(-number.decimals)
        gathered.put(Cell(name, text, number.value, row.place, SURE, where, step))


def _splits(cells: list[str], row: Row, read: EvaluationForm, gathered: Gathered) -> None:
    """Rows of the money's parts: label with its figure in the same cell, or figures in the three columns."""
    part = {"当年财政拨款": "current", "上年结转": "carried", "其他资金": "other"}
    text = "".join(cells)
    key = next((english for words, english in part.items() if words in text), "")
    numbers = [cell for cell in cells if number_of(cell)]
    if key and read.form.startswith("1-3"):
        names = ("initial", "budget", "final")
        for field, number in zip(names, numbers, strict=False):
            _put(f"{read.form}.{key}.{field}", number, row, f"附件{read.form[:3]} “{text[:8]}”", gathered)
        return
    for place, cell in enumerate(cells):
        found = re.fullmatch(r"(?:其中[:：])?([^:：\d]+)[:：]([\d.,]*)", cell)
        if not found:
            continue
        label = found[1]
        number = found[2] or (cells[place + 1] if place + 1 < len(cells) and number_of(cells[place + 1]) else "")
        if number:
            _put(f"{read.form}.split.{name_part(label)}", number, row, f"附件{read.form[:3]} “{label}”", gathered)


def _line(cells: list[str], row: Row, read: EvaluationForm, state: _State, gathered: Gathered) -> None:
    filled = [cell for cell in cells if cell]
    if filled[0].startswith("总分") or filled[0] == "合计":
        numbers = [cell for cell in filled[1:] if number_of(cell)]
        for field, text in zip(("weight", "score"), numbers, strict=False):
            _put(f"{read.form}.total.{field}", text, row, f"附件{read.form[:3]} 总分 “{_FIELD_ZH[field]}”", gathered)
        return
    if filled[0].startswith(("填表人", "填报", "联系电话", "单位负责人", "注")):
        return
    rest = list(filled)
    if rest and rest[0] in ("绩效指标", "绩效", "指标"):
        rest.pop(0)
    if rest and (block := _BLOCK.fullmatch(rest[0])) and (block[2] or "指标" in rest[0]) and not _is_line_name(rest):
        state.block = block[1] if block[1].endswith("指标") else block[1] + "指标"
        state.sublevel = ""
        weight = Decimal(block[2]) if block[2] else None
        read.blocks.setdefault(state.block, weight)
        if weight is not None:
            _put(f"{read.form}.block.{state.block}.weight", block[2], row, f"附件{read.form[:3]} “{rest[0]}”", gathered)
        rest.pop(0)
    if rest and _SUBLEVEL.fullmatch(rest[0]) and (len(rest) == 1 or rest[0].endswith("指标")):
        state.sublevel = rest.pop(0)
        filled_line = len(rest) >= 4
        read.sublevels.append((state.block, state.sublevel, filled_line))
        if not filled_line:
            return
    _put_line(rest, row, read, state, gathered)


def _is_line_name(rest: list[str]) -> bool:
    """A one-block word that is in truth the name of a line: followed at once by its figures."""
    return len(rest) >= 5 and number_of(rest[1]) is not None and number_of(rest[2]) is not None


def _put_line(rest: list[str], row: Row, read: EvaluationForm, state: _State, gathered: Gathered) -> None:
    """Name, target, actual, weight, score, reason: the last two numbers before a text are weight and score."""
    if len(rest) < 4:
        return
    deviation = ""
    if len(rest) > 5 and number_of(rest[-1]) is None:
        deviation = rest[-1]
        rest = rest[:-1]
    elif len(rest) == 5 and number_of(rest[-1]) is None and number_of(rest[-2]) is not None:
        rest = [*rest, ""][:5]
    if number_of(rest[-1]) is None or number_of(rest[-2]) is None:
        return
    name, values = rest[0], rest[1:-2]
    if len(rest) > 5:
        name, values = "".join(rest[:-4]), rest[-4:-2]
    target, actual = (values[0], values[-1]) if values else ("", "")
    key = name_part(name)
    if any(line.name == key for line in read.lines):
        key = f"{key}-{len(read.lines) + 1}"
    line = Line(key, name, state.block, state.sublevel, target, actual, rest[-2], rest[-1], deviation, row.place)
    read.lines.append(line)
    for field, text in (("target", target), ("actual", actual), ("weight", rest[-2]), ("score", rest[-1])):
        where = f"附件{read.form[:3]} 行“{name}” 列“{_FIELD_ZH[field]}”"
        number = number_of(bare_value(text)) if field in ("target", "actual") else number_of(text)
        step = Decimal(1).scaleb(-number.decimals) if number else CENT
        gathered.put(
            Cell(f"{read.form}.{key}.{field}", text, number.value if number else None, row.place, SURE, where, step)
        )


_WITH_UNIT = re.compile(r"[≥≤＞＜><=＝不少低高于超过约]*\s*(-?[\d,]+(?:\.\d+)?)\s*([\u4e00-\u9fff%℃‰/A-Za-z²]*)")


def bare_value(text: str) -> str:
    """A target or result without its sign of comparison and its unit; words stay words."""
    found = _WITH_UNIT.fullmatch(text)
    return found[1] if found else text


def has_measure(text: str) -> bool:
    """Whether a value bears a unit or a sign of comparison."""
    found = _WITH_UNIT.fullmatch(text)
    return found is None or bool(found[2]) or not text[:1].isdigit()


def signatures(found: Found) -> dict[str, str]:
    """What stands after 填表人：, 填报日期：… below a form."""
    text = "\n".join([*(tight(p.text) for p in found.after), *(tight("".join(r.cells)) for r in found.grid.rows[-4:])])
    signed: dict[str, str] = {}
    for label in _SIGNATURES:
        match = re.search(rf"{label}(?:签字|（签字）|签章)?[:：]([^\n]*)", text)
        if match:
            rest = match[1]
            for other in _SIGNATURES:
                rest = rest.split(other)[0]
            signed[label] = rest.strip()
    return signed


_REPORT_PROJECT = re.compile(
    r"(?:^|\n)（?\d+[）、.．]([^\n。；，：]{2,30}?)(?:为|支出)?(-?[\d,]+(?:\.\d+)?)万元[。，；](?:主要)?(?:用于)?([^\n]*)"
)


def read_report_projects(paper: Paper, gathered: Gathered) -> None:
    """The projects that the report lists with their amounts, and what its text says of each again."""
    text = paper.sections.get("R", "")
    results = re.search("项目支出绩效情况|项目绩效情况", text)
    listed, told = (text[: results.start()], text[results.end() :]) if results else (text, "")
    for found in _REPORT_PROJECT.finditer(listed):
        place = _place_of(paper, found[1], found[2], text)
        key = name_part(found[1])
        paper.report_projects.append(Project(found[1], key, place, found[3]))
        _put_money(f"R.project.{key}", found[2], place, f"自评报告 项目“{found[1]}”", gathered)
    lines = told.split("\n")
    for count, line in enumerate(lines):
        _result(line, lines[count + 1] if count + 1 < len(lines) else "", paper, text, gathered)


def _place_of(paper: Paper, name: str, figure: str, text: str) -> Place:
    found = (at for line, at in paper.paragraphs if name in line and figure in line and line in text)
    return next(found, paper.paragraphs[0][1] if paper.paragraphs else Place())


def _put_money(name: str, text: str, place: Place, where: str, gathered: Gathered) -> None:
    number = number_of(text)
    if number is not None:
        gathered.put(Cell(name, text, number.value, place, SURE, where, CENT))


def _result(line: str, following: str, paper: Paper, text: str, gathered: Gathered) -> None:
    """A project's line under 项目支出绩效情况: its amount in the line itself or at the head of the next."""
    head = re.match(r"（?\d+[）、.．]([^：:，。]{2,40})", line)
    if head is None:
        return
    project = next((each for each in paper.report_projects if each.name in head[1] or head[1] in each.name), None)
    money = re.search(r"支出(-?[\d,]+(?:\.\d+)?)万元", line) or re.match(
        r"(?:项目)?支出(-?[\d,]+(?:\.\d+)?)万元", following
    )
    if project is None or money is None:
        return
    holder = line if money[0] in line else following
    place = next((at for each, at in paper.paragraphs if each == holder), project.place)
    _put_money(f"R.result.{project.key}", money[1], place, f"自评报告 六（二）“{project.name}”", gathered)
    score = re.search(r"自评(?:得分)?(?:为)?(\d+(?:\.\d+)?)分", line)
    if score:
        number = number_of(score[1])
        assert number
        where = f"自评报告 六（二）“{project.name}”自评分"
        gathered.put(Cell(f"R.score.{project.key}", score[1], number.value, place, SURE, where))
