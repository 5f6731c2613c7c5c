"""Detectors on lists of economic items: what is named has an amount, what has an amount is named."""

from __future__ import annotations

from rapidfuzz import fuzz

from wangge.domains.disclosure.checking.detectors.registry import Asked, Checked, Fault, detector, plain
from wangge.domains.disclosure.checking.recognition.cells import tight


@detector("n_s6_list_nonzero")
def listed_have_amounts(asked: Asked) -> Checked:
    return lists_have_amounts(asked, "s6")


@detector("n_s6_list_complete")
def listed_are_all(asked: Asked) -> Checked:
    return lists_are_complete(asked, "s6", open_lists=False)


def items_of_part(asked: Asked, part: str) -> dict[str, str]:
    """Names of the 款 of 人员经费 or 公用经费 in table 06, with their codes."""
    wanted = "人员经费" if part == "personnel" else "公用经费"
    return {
        tight(row.label): row.row for row in asked.accounts.rows_of("06") if row.side == wanted and len(row.code) == 5
    }


def code_of_item(asked: Asked, part: str, name: str) -> str:
    """The code an item's name means; written a little otherwise counts; empty when unknown."""
    names = items_of_part(asked, part)
    if name in names:
        return names[name]
    for row in asked.accounts.rows_of("06"):
        if row.row in names.values() and name in {tight(alias) for alias in row.aliases}:
            return row.row
    best = max(names, key=lambda each: fuzz.ratio(each, name))
    return names[best] if fuzz.ratio(best, name) >= 84 else ""


def lists_have_amounts(asked: Asked, key: str) -> Checked:
    """Every item named has an amount in table 06."""
    checked = Checked()
    if "06" not in asked.paper.tables:
        return checked
    stem = "N.s6" if key == "s6" else "R"
    for part in ("personnel", "public"):
        names, _, place = asked.paper.lists.get(f"{key}.{part}", ([], False, asked.paper.document.blocks and None))
        for name in names:
            code = code_of_item(asked, part, name)
            if not code:
                continue
            if not checked.sees(asked.amount(f"06.{code}") != 0):
                checked.faults.append(
                    Fault(
                        [f"{stem}.{part}.{code}", f"06.{code}"],
                        f"“{name}”",
                        "列举的科目在 06 表没有金额",
                        name,
                        "只列有金额的科目",
                        place=place or asked.place(f"06.{code}"),
                    )
                )
    return checked


def lists_are_complete(asked: Asked, key: str, *, open_lists: bool) -> Checked:
    """Every item with an amount is named; 等 at the end leaves a list open where that is allowed."""
    checked = Checked()
    if "06" not in asked.paper.tables:
        return checked
    stem = "N.s6" if key == "s6" else "R"
    for part in ("personnel", "public"):
        if f"{key}.{part}" not in asked.paper.lists:
            continue
        names, open_end, place = asked.paper.lists[f"{key}.{part}"]
        listed = {code_of_item(asked, part, name) for name in names}
        for label, code in items_of_part(asked, part).items():
            amount = asked.amount(f"06.{code}")
            if not amount:
                continue
            covered = open_end and (part == "personnel" or not open_lists)
            if not checked.sees(code in listed or covered):
                checked.faults.append(
                    Fault(
                        [f"{stem}.{part}.{code}", f"06.{code}"],
                        f"“{label}”",
                        f"06 表有金额 {plain(amount)} 而未列举" + ("（仅以“等”带过）" if open_end else ""),
                        "（未列）",
                        label,
                        place=place,
                    )
                )
    return checked
