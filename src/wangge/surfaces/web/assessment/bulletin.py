"""The bulletin 月报/季报/年报 as a document: every word of it follows from figures of published results.

It has the tree of the disclosures, so that the same makers set it as Word, PDF and page. A figure of the text carries
the number of its note; the notes stand at the end with what the figure is made of and the address of its trace. Like
every official paper of the city it is written in Chinese.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from wangge.domains.disclosure.document import Align, Block, Cell, Document, Figure, Grid, Heading, Paragraph, Run
from wangge.domains.evaluation.logic.bulletins import COUNTS, RATES, SHOWN, Issue, Told, most, objects_of, told
from wangge.domains.evaluation.logic.figures import percentage

KINDS = {"district": "各区", "department": "各单位"}
THEMES = {"minor_class": "上报最多的小类", "street": "上报最多的街道"}
_MOST = 10


class Addresses(Protocol):
    """Where the figures of published results are opened."""

    def figure(self, result: str, name: str) -> str:
        """The trace of one frozen figure."""

    def score(self, period: str, kind: str, code: str) -> str:
        """What an object's score is made of."""

    def month(self, period: str) -> str:
        """A month's own bulletin."""


@dataclass(slots=True)
class Paper:
    """A bulletin in the making: its months, the names of objects, the way to a trace, and the notes so far."""

    period: str
    issues: Sequence[Issue]
    object_name: Callable[[str, str], str]
    addresses: Addresses
    earlier: Sequence[Issue] = ()  # of the same period a year before, where that is published whole
    links: dict[str, str] = field(default_factory=dict)  # name of a printed figure → address of its trace
    traces: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)  # → (result, figure) it comes from
    notes: list[tuple[str, str, str, str]] = field(default_factory=list)  # printed, meaning, made of, whence

    @property
    def names(self) -> Mapping[str, str]:
        """Names of indicators by id, as the newest result defines them."""
        return {each["id"]: each["name_zh"] for each in self.issues[-1].content["indicators"]}

    @property
    def is_month(self) -> bool:
        return len(self.issues) == 1

    def said(self, figure: Told, meaning: str, whence: str = "") -> list[Run]:
        """The runs of a figure in the text: itself and the number of its note."""
        id = f"note-{len(self.notes) + 1}"
        unit = "%" if figure.indicator in RATES and figure.value is not None else ""
        rate = f"{figure.numerator} / {figure.denominator}"
        made_of = rate if figure.denominator is not None else f"{len(figure.sources)} 个数之和"
        self._link(id, figure)
        self.notes.append((figure.text + unit, meaning, made_of, whence or self.links.get(id, "")))
        return [Figure(id, f"{figure.text}{unit}"), f"〔{len(self.notes)}〕"]

    def _link(self, id: str, figure: Told) -> None:
        self.traces[id] = figure.sources
        if len(figure.sources) == 1:
            self.links[id] = self.addresses.figure(*figure.sources[0])
        elif figure.sources:  # a sum begins with a cell of the tables
            first = figure.sources[0][1] if self.is_month else f"month={self.issues[0].period}/{figure.indicator}"
            self.links[id] = f"#figure-{first}"


def title_of(period: str) -> str:
    """月报, 季报 or 年报, of when."""
    year, _dash, rest = period.partition("-")
    if not rest:
        return f"{year}年城市管理考评年报"
    if rest.startswith("Q"):
        return f"{year}年第{'一二三四'[int(rest[1]) - 1]}季度城市管理考评季报"
    return f"{year}年{int(rest)}月城市管理考评月报"


def bulletin_of(paper: Paper, unit: str) -> Document:
    """The whole paper. Its ``links`` are filled on the way."""
    blocks: list[Block] = [Heading(0, title_of(paper.period), in_contents=False), *_overall(paper)]
    if not paper.is_month:
        blocks += [Heading(1, "各月"), _by_month(paper)]
    for number, kind in enumerate(KINDS, start=1):
        blocks += [Heading(1, KINDS[kind]), *_standing(paper, kind), _by_object(paper, kind, f"表{number}")]
    blocks += [Heading(1, "专题分析"), *_themes(paper)]
    blocks += [Heading(1, "剔除与更正"), *_corrections(paper)]
    blocks += [Heading(1, "数据出处"), *_origins(paper), _notes(paper)]
    return Document(title_of(paper.period), unit, int(paper.period[:4]), tuple(blocks))


def _overall(paper: Paper) -> list[Block]:
    runs: list[Run] = ["各区合计"]
    for place, indicator in enumerate(SHOWN):
        name = paper.names[indicator]
        runs.append(f"{'，' if place else ''}{name}")
        column = f"{'表1' if paper.is_month else '表0'}“{name}”一列"
        whence = f"{column}之和" if indicator in COUNTS else f"{column}各数的分子之和 ÷ 分母之和"
        runs += paper.said(told(paper.issues, "district", indicator), f"各区合计 {name}", whence)
        runs.append("件" if indicator in COUNTS else "")
    runs.append("。")
    return [Heading(1, "总体情况"), Paragraph(tuple(runs)), *_beside_last_year(paper)]


def _beside_last_year(paper: Paper) -> list[Block]:
    """The districts' sums beside those of the same period a year before; nothing where that was not published."""
    if not paper.earlier or told(paper.earlier, "district", "n_report").value is None:
        return []
    runs: list[Run] = ["上年同期"]
    for place, indicator in enumerate(SHOWN):
        name = paper.names[indicator]
        now, then = (told(issues, "district", indicator) for issues in (paper.issues, paper.earlier))
        runs.append(f"{'；' if place else ''}{name}")
        runs += paper.said(
            then, f"上年同期各区合计 {name}", f"已发布的考评结果 {'、'.join(issue.result for issue in paper.earlier)}"
        )
        runs += ["件" if indicator in COUNTS else "", f"，本期{_change(now, then)}"]
    return [Paragraph((*runs, "。"))]


def _change(now: Told, then: Told) -> str:
    if now.value is None or then.value is None or now.value == then.value:
        return "持平" if now.value == then.value else "无可比数"
    word = "增加" if now.value > then.value else "减少"
    if now.indicator in RATES:
        return f"{word} {abs(now.value - then.value)} 个百分点"
    share = percentage(abs(int(now.value - then.value)), int(then.value), 1)
    return f"{word} {abs(now.value - then.value)} 件" + (f"（{share}%）" if share is not None else "")


def _themes(paper: Paper) -> list[Block]:
    """What was reported most, where, and when; every word follows from frozen figures."""
    blocks: list[Block] = []
    whole = told(paper.issues, "district", "n_report")
    for number, (kind, title) in enumerate(THEMES.items(), start=len(KINDS) + 1):
        ordered = most(paper.issues, kind, "n_report", number=_MOST)
        if not ordered:
            continue
        code, figure = ordered[0]
        name = paper.object_name(kind, code)
        runs: list[Run] = [f"{title}是{name}，"]
        runs += paper.said(
            figure, f"{name} {paper.names['n_report']}", "" if paper.is_month else f"表{number}“{name}”一行"
        )
        share = percentage(int(figure.value or 0), int(whole.value), 1) if whole.value else None
        runs.append("件" + (f"，占各区合计上报数的 {share}%" if share is not None else "") + "。")
        rows = [_head(paper, "序", "对象")]
        for place, (each, _figure) in enumerate(ordered, start=1):
            cells = (_cell(paper, told(paper.issues, kind, shown, each), f"{kind}={each}/{shown}") for shown in SHOWN)
            rows.append((Cell(str(place)), Cell(paper.object_name(kind, each), is_head=True), *cells))
        blocks += [Paragraph(tuple(runs)), _grid(title, f"表{number}", rows, (5, 20, *[9] * len(SHOWN)))]
    return [*blocks, *_season(paper)]


def _season(paper: Paper) -> list[Block]:
    """In which month of a longer period most was reported, and in which least."""
    if paper.is_month:
        return []
    by_month = [(told([issue], "district", "n_report"), issue.period) for issue in paper.issues]
    known = [(figure, period) for figure, period in by_month if figure.value is not None]
    if len(known) < 2:
        return []
    least, greatest = (pick(known, key=lambda each: each[0].value or 0) for pick in (min, max))
    runs: list[Run] = []
    for (figure, period), words in ((greatest, "上报最多的月份是"), (least, "，最少的是")):
        runs.append(f"{words} {period}，")
        runs += [*paper.said(figure, f"{period} 各区合计", paper.addresses.month(period)), "件"]
    return [Paragraph((*runs, "。"))]


def _standing(paper: Paper, kind: str) -> list[Block]:
    """Who is first and last; only a month has ranks."""
    if not paper.is_month:
        return []
    issue = paper.issues[0]
    ranked = [each for each in issue.content["scores"][kind] if each["rank"] is not None]
    if not ranked:
        return [Paragraph(("案卷数不足，不排名次。",))]
    runs: list[Run] = []
    for place, each in enumerate(ranked if len(ranked) <= 4 else (ranked[0], ranked[-1])):
        name = paper.object_name(kind, each["code"])
        runs += ["，" if place else "", f"第 {each['rank']} 名{name}，得"]
        runs += _score(paper, kind, each, f"{name} 总分")
        runs.append("分")
    unranked = len(issue.content["scores"][kind]) - len(ranked)
    if unranked:
        runs.append(f"；另有 {unranked} 个对象案卷数不足或没有得分，不排名次")
    return [Paragraph((*runs, "。"))]


def _score(paper: Paper, kind: str, each: Mapping[str, Any], meaning: str) -> list[Run]:
    id = f"note-{len(paper.notes) + 1}"
    address = paper.addresses.score(paper.period, kind, each["code"])
    paper.links[id] = address
    paper.traces[id] = ((paper.issues[0].result, f"{kind}={each['code']}/total"),)
    paper.notes.append((each["total"], meaning, "各部分得分之和加加减分", address))
    return [Figure(id, each["total"]), f"〔{len(paper.notes)}〕"]


def _head(paper: Paper, *first: str) -> tuple[Cell, ...]:
    texts = (*first, *(paper.names[each] + ("（%）" if each in RATES else "") for each in SHOWN))
    return tuple(Cell(text, align=Align.CENTER, is_head=True) for text in texts)


def _by_object(paper: Paper, kind: str, number: str) -> Grid:
    scores = {each["code"]: each for each in paper.issues[0].content["scores"][kind]} if paper.is_month else {}
    codes = list(scores) if paper.is_month else objects_of(paper.issues, kind)
    first = ("名次", "对象", "总分") if paper.is_month else ("对象",)
    rows = [_head(paper, *first)]
    for code in codes:
        name = Cell(paper.object_name(kind, code), is_head=True)
        begins: tuple[Cell, ...] = (name,)
        if paper.is_month:
            score = scores[code]
            place, total = f"{kind}={code}/rank", f"{kind}={code}/total"
            for id in (place, total):
                paper.links[id] = paper.addresses.score(paper.period, kind, code)
                paper.traces[id] = ((paper.issues[0].result, total),)
            rank = Cell("—" if score["rank"] is None else str(score["rank"]), place, Align.CENTER)
            begins = (rank, name, Cell(score["total"] or "—", total, Align.RIGHT))
        cells = (_cell(paper, told(paper.issues, kind, each, code), f"{kind}={code}/{each}") for each in SHOWN)
        rows.append((*begins, *cells))
    widths = (5, 16, 8, *[9] * len(SHOWN)) if paper.is_month else (16, *[9] * len(SHOWN))
    return _grid(KINDS[kind], number, rows, widths)


def _cell(paper: Paper, figure: Told, id: str) -> Cell:
    """A month's figure opens its trace; those of more months are opened in each month's bulletin."""
    paper.traces[id] = figure.sources
    if len(figure.sources) == 1:
        paper.links[id] = paper.addresses.figure(*figure.sources[0])
    return Cell(figure.text, id, Align.RIGHT)


def _by_month(paper: Paper) -> Grid:
    rows = [_head(paper, "月份")]
    for issue in paper.issues:
        cells = []
        for each in SHOWN:
            id = f"month={issue.period}/{each}"
            figure = told([issue], "district", each)
            cells.append(Cell(figure.text, id, Align.RIGHT))
            paper.traces[id] = figure.sources
            # The month's own bulletin shows the districts' figures that this one is the sum of.
            paper.links[id] = paper.addresses.month(issue.period)
        rows.append((Cell(issue.period, is_head=True), *cells))
    return _grid("各月（各区合计）", "表0", rows, (12, *[9] * len(SHOWN)))


def _grid(title: str, number: str, rows: list[tuple[Cell, ...]], widths: tuple[int, ...]) -> Grid:
    return Grid(number, title, number, "", "单位：件、%", tuple(rows), 1, widths, is_landscape=True, small=True)


def _corrections(paper: Paper) -> list[Block]:
    said: list[Block] = []
    for issue in paper.issues:
        listed = len(issue.content["exclusions"])
        changed = len(issue.content.get("changes", ()))
        text = f"{issue.period}：剔除案卷 {listed} 件"
        text += f"；经更正重发（{issue.result}），与上一版不同之处 {changed} 项" if changed else ""
        said.append(Paragraph((text + "。",)))
    return said


def _origins(paper: Paper) -> list[Block]:
    results = "、".join(issue.result for issue in paper.issues)
    words = f"全部数字取自已发布的考评结果 {results}。表中各数在网页上点开即见其案卷和决定的一步。"
    if not paper.is_month:
        words += "期内各数是各月已发布数之和，比率由分子之和、分母之和重新计算；申诉更正以各月最新一版为准。"
    return [Paragraph((words,))]


def _notes(paper: Paper) -> Grid:
    rows = [tuple(Cell(text, align=Align.CENTER, is_head=True) for text in ("注", "数", "含义", "构成", "追溯"))]
    for number, (printed, meaning, made_of, whence) in enumerate(paper.notes, start=1):
        rows.append(
            (Cell(f"〔{number}〕"), Cell(printed, align=Align.RIGHT), Cell(meaning), Cell(made_of), Cell(whence))
        )
    return Grid("notes", "注释", "", "", "", tuple(rows), 1, (5, 10, 18, 18, 40), is_landscape=True, small=True)
