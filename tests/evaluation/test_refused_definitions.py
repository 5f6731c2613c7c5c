"""A definition that cannot be defended is refused with its file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from wangge.standards.library import find_faults

NEW = (
    "id,object,kind,name_zh,name_en,definition,counted_at,counted,formula,numerator,denominator,better,score_rule,"
    "treatment,missing,digits,source_formula,source,confidence,note"
)
TREATED = (
    "open_overdue=counted; extended=new_deadline; suspended=no_deadline; merged=lead_only; reopened=new_cycle; "
    "excluded=kept"
)


def rate(name: str, formula: str, *, source: str = "own", missing: str = "no_value", treated: str = TREATED) -> str:
    return f'{name},all,rate,率,rate,,,,"{formula}",n_file,n_report,higher,value,{treated},{missing},2,,{source},C,'


def count(counted: str) -> str:
    return f'n_own,all,count,数,count,own,own,"{counted}",,,,,,{TREATED},,0,,own,C,'


REFUSED = {
    "an unknown count": (f"{NEW}\n{rate('own_rate', '100 * (n_moon) / (n_file)')}", 2, "n_moon"),
    "a circular formula": (
        f"{NEW}\n{rate('a_rate', '100 * (b_rate) / (n_file)')}\n{rate('b_rate', '100 * (a_rate) / (n_file)')}",
        2,
        "a_rate",
    ),
    "overlapping editions": (
        "id,valid_from,valid_to,digits\nfile_rate,2024-01-01,2024-07-01,2\nfile_rate,2024-06-01,,2",
        3,
        "file_rate",
    ),
    "no source": (f"{NEW}\n{rate('own_rate', '100 * (n_close) / (n_file)', source='')}", 2, "source"),
    "a formula nobody can compute": (f"{NEW}\n{rate('own_rate', '100 * n_close : n_file')}", 2, "own_rate"),
    "a missing denominator that scores a guess": (
        f"{NEW}\n{rate('own_rate', '100 * (n_close) / (n_file)', missing='fifty')}",
        2,
        "fifty",
    ),
    "a treatment left unsaid": (
        f"{NEW}\n{rate('own_rate', '100 * (n_close) / (n_file)', treated='excluded=kept')}",
        2,
        "open_overdue",
    ),
    "an unknown verb": (f"{NEW}\n{count('fly_away')}", 2, "fly_away"),
    "an unknown stage": (f"{NEW}\n{count('stage:moon')}", 2, "moon"),
    "an unknown column": (f"{NEW}\n{count('report & weather=rain')}", 2, "weather"),
    "a count that says nothing": (f"{NEW}\n{count('')}", 2, "n_own"),
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_it_is_refused_with_file_and_line(name: str, tmp_path: Path) -> None:
    content, line, told = REFUSED[name]
    (tmp_path / "indicators.csv").write_text(content + "\n", encoding="utf-8")
    texts = [finding.text() for finding in find_faults(tmp_path)]
    assert any(f"indicators.csv:{line}" in text and told in text for text in texts), texts


def test_a_new_edition_from_a_day_on_is_taken(tmp_path: Path) -> None:
    (tmp_path / "indicators.csv").write_text(
        "id,valid_from,valid_to,digits\nfile_rate,2024-01-01,2024-07-01,1\nfile_rate,2024-07-01,,3\n", encoding="utf-8"
    )
    assert not find_faults(tmp_path)
