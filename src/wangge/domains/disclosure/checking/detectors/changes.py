"""Detectors on changes and percentages of the narrative: directions, shares, rates and their bases."""

from __future__ import annotations

import re
from decimal import ROUND_FLOOR, Decimal

from wangge.domains.disclosure.checking.detectors.registry import Asked, Checked, Fault, detector, plain
from wangge.domains.disclosure.checking.recognition.cells import CENT
from wangge.domains.disclosure.checking.recognition.reader import SAME, UP
from wangge.domains.disclosure.checking.rules.weighing import HUNDRED, rounded

_YOY = ("N.s1", "N.s4", "N.s51", *(f"N.s7.{k}" for k in ("total", "abroad", "car", "purchase", "running", "reception")))


def _dotted(stem: str, field: str) -> str:
    return f"{stem}.{field}"


@detector("n_yoy_words")
def direction_words(asked: Asked) -> Checked:
    """The word of the change and the word of the rate point the same way."""
    checked = Checked()
    for stem in _YOY:
        change, growth = (asked.paper.cells.get(_dotted(stem, field)) for field in ("change", "growth"))
        if change is None or growth is None or not change.signed_by or not growth.signed_by:
            continue
        up = bool(re.fullmatch(UP, change.signed_by))
        if not checked.sees(bool(re.fullmatch(UP, growth.signed_by)) == up):
            checked.faults.append(
                Fault(
                    [_dotted(stem, "growth"), _dotted(stem, "change")],
                    growth.where,
                    f"增减方向矛盾：“{change.signed_by}”与“{growth.signed_by}”",
                    growth.signed_by,
                    "与增减额同一方向",
                    place=growth.place,
                )
            )
    return checked


@detector("n_yoy_zero")
def no_change_words(asked: Asked) -> Checked:
    """Where nothing changed, it says 持平 or 一致, not 减少 0 万元."""
    checked = Checked()
    if not asked.paper.sections:
        return checked
    checked.count = 1
    for stem in _YOY:
        change = asked.paper.cells.get(_dotted(stem, "change"))
        if change is not None and change.value == 0 and not re.fullmatch(SAME, change.signed_by):
            checked.faults.append(
                Fault(
                    [change.name],
                    change.where,
                    "没有增减应写“持平”或“一致”，不写增减 0 万元",
                    change.printed,
                    "持平",
                    place=change.place,
                )
            )
    return checked


@detector("share_sum")
def shares_of_spending(asked: Asked) -> Checked:
    return _share_sum(
        asked, [f"N.s3.{part}.share" for part in ("basic", "project", "to_superior", "operating", "to_subordinate")]
    )


@detector("n_s5_2_share_sum")
def shares_of_classes(asked: Asked) -> Checked:
    return _share_sum(asked, [f"N.s52.{code}.share" for code in asked.accounts.classes])


@detector("n_s6_share_sum")
def shares_of_basic(asked: Asked) -> Checked:
    return _share_sum(asked, ["N.s6.personnel.share", "N.s6.public.share"])


def _share_sum(asked: Asked, names: list[str]) -> Checked:
    """Printed shares add up to 100 within their rounding."""
    checked = Checked()
    printed = [name for name in names if asked.value(name) is not None]
    if len(printed) < 2:
        return checked
    total = sum((asked.amount(name) for name in printed), Decimal(0))
    step = max(
        CENT,
        *(asked.paper.cells[name].step for name in printed if asked.value(name) not in (Decimal(100), Decimal(0))),
        CENT,
    )
    tolerance = step * max(1, len(printed) - 1)
    if not checked.sees(abs(total - HUNDRED) <= tolerance):
        checked.faults.append(
            Fault(
                printed,
                asked.where(printed[0]),
                "占比合计不等于 100%",
                f"{plain(total)}%",
                "100%",
                total - HUNDRED,
                place=asked.place(printed[0]),
            )
        )
    return checked


@detector("n_s1_single_total")
def one_total(asked: Asked) -> Checked:
    """Income and spending totals, if both are printed, are equal."""
    checked = Checked()
    if asked.value("N.s1.total") is None:
        return checked
    spending = asked.value("N.s1.spending")
    if not checked.sees(spending is None or spending == asked.value("N.s1.total")):
        checked.faults.append(
            Fault(
                ["N.s1.spending"],
                asked.where("N.s1.spending"),
                "收入总计与支出总计应为同一数",
                asked.printed("N.s1.spending"),
                asked.printed("N.s1.total"),
                place=asked.place("N.s1.spending"),
            )
        )
    return checked


@detector("n_yoy_base")
def growth_base(asked: Asked) -> Checked:
    """A growth rate over this year's figure instead of last year's is called by its name."""
    checked = Checked()
    for stem in _YOY:
        change, growth = asked.value(_dotted(stem, "change")), asked.value(_dotted(stem, "growth"))
        total = asked.value({"N.s51": "N.s51"}.get(stem, f"{stem}.final" if "s7" in stem else f"{stem}.total"))
        if change is None or growth is None or not total or total == change:
            continue
        step = max(CENT, asked.paper.cells[_dotted(stem, "growth")].step)
        right, wrong = rounded(change * HUNDRED / (total - change), step), rounded(change * HUNDRED / total, step)
        if not checked.sees(not (growth == wrong != right)):
            checked.faults.append(
                Fault(
                    [_dotted(stem, "growth")],
                    asked.where(_dotted(stem, "growth")),
                    "增减率以本年数为分母，应以上年数为分母",
                    asked.printed(_dotted(stem, "growth")),
                    plain(abs(right)),
                    place=asked.place(_dotted(stem, "growth")),
                    repairable=True,
                )
            )
    return checked


def _rates(asked: Asked) -> list[tuple[str, Decimal, Decimal]]:
    """Percentages with the part and whole they are of, as the paper prints them."""
    found: list[tuple[str, str, str]] = []
    for name in asked.paper.cells:
        if name.startswith("N.s53") and name.endswith("completion"):
            found.append((name, name.replace("completion", "final"), name.replace("completion", "budget")))
        elif name.startswith("N.s52.") and name.endswith(".share"):
            found.append((name, name.removesuffix(".share"), "N.s52"))
        elif name.startswith("N.s7.") and name.endswith("completion"):
            found.append((name, name.replace("completion", "final"), name.replace("completion", "budget")))
        elif re.fullmatch(r"N\.s[36]\.\w+\.share", name):
            found.append((name, name.removesuffix(".share"), f"{name[:4]}.{'total' if name[3] == '3' else 'basic'}"))
    figures = []
    for name, part, whole in found:
        above, below = asked.value(part), asked.value(whole)
        if above is not None and below:
            figures.append((name, above, below))
    return figures


@detector("n_pct_truncated")
def not_truncated(asked: Asked) -> Checked:
    """Percentages are rounded half up, not cut."""
    checked = Checked()
    for name, above, below in _rates(asked):
        cell = asked.paper.cells[name]
        if cell.value is None:
            continue
        step = CENT if cell.step == 1 else cell.step
        true = above * HUNDRED / below
        cut = true.quantize(step, ROUND_FLOOR)
        low = (above - CENT / 2) * HUNDRED / (below + CENT / 2)
        explained = rounded(low, step) <= cell.value
        if not checked.sees(not (cell.value == cut != rounded(true, step)) or explained):
            checked.faults.append(
                Fault(
                    [name],
                    cell.where,
                    "百分比被截尾，应四舍五入",
                    f"{cell.printed}%",
                    f"{plain(rounded(true, step))}%",
                    place=cell.place,
                    repairable=True,
                )
            )
    return checked


@detector("n_completion_100")
def hundred_percent(asked: Asked) -> Checked:
    """A completion of 100 % means that final and budget are the same."""
    checked = Checked()
    for name, above, below in _rates(asked):
        if not name.endswith("completion"):
            continue
        cell = asked.paper.cells[name]
        true = rounded(above * HUNDRED / below, CENT)
        if not checked.sees((cell.value == HUNDRED) == (true == HUNDRED) or cell.value != HUNDRED):
            checked.faults.append(
                Fault(
                    [name],
                    cell.where,
                    "决算不等于预算而写 100%",
                    f"{cell.printed}%",
                    f"{plain(true)}%",
                    place=cell.place,
                    repairable=True,
                )
            )
    return checked


@detector("same_as_prior")
def same_as_last_year(asked: Asked) -> Checked:
    """一致 with last year agrees with last year's column of annex 1-1."""
    checked = Checked()
    rows = {
        "abroad": "出国经费",
        "purchase": "公车购置",
        "reception": "公务接待",
        "running": "公车运行维护",
        "car": "公务用车",
        "total": "三公经费",
    }
    for subject, row in rows.items():
        change = asked.paper.cells.get(f"N.s7.{subject}.change")
        final, prior = asked.value(f"N.s7.{subject}.final"), asked.value(f"1-1.{row}.c1")
        if change is None or not re.fullmatch(SAME, change.signed_by) or final is None or prior is None:
            continue
        if not checked.sees(final == prior):
            checked.faults.append(
                Fault(
                    [f"N.s7.{subject}.change"],
                    change.where,
                    "写“与上年一致”，而附件 1-1 的上年数不同",
                    plain(final),
                    plain(prior),
                    final - prior,
                    place=change.place,
                )
            )
    return checked
