"""Which rule decides: worked examples, and the fast choice against the plain one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from wangge.domains.ownership.logic.checking import Trouble, check_rules
from wangge.domains.ownership.logic.choosing import (
    Matter,
    PlaceKind,
    Role,
    Rule,
    RuleIndex,
    Source,
    choose,
    unit_by,
)

DAY = date(2024, 4, 12)
HERE = {PlaceKind.DISTRICT: "990101", PlaceKind.STREET: "990101001", PlaceKind.ROAD: "江南路"}


def rule(number: int, department: str = "", **changes: Any) -> Rule:
    values: dict[str, Any] = {
        "category": "component:01", "place_kind": PlaceKind.CITY, "place": "", "role": None, "source": Source.OWN,
        "source_text": "示例", "valid_from": date(2020, 1, 1),
    }  # fmt: skip
    return Rule(number, department=department, **{**values, **changes})


MATTER = Matter("component:0101", HERE, "江南路 8 号", {Role.OWNER: "water"})


def test_the_smaller_place_decides_over_the_longer_class() -> None:
    rules = [
        rule(1, "city"), rule(2, "class", category="component:0101"),
        rule(3, "district", category="", place_kind=PlaceKind.DISTRICT, place="990101"),
        rule(4, "road", category="", place_kind=PlaceKind.ROAD, place="江南路"),
    ]  # fmt: skip
    for last in range(len(rules), 0, -1):
        found = choose(rules[:last], MATTER, on=DAY)
        assert found is not None
        assert found.rule.id == last
        assert [each.id for each, _unit in found.others] == list(range(last - 1, 0, -1))


def test_the_thing_itself_decides_before_any_place() -> None:
    rules = [
        rule(1, "road", place_kind=PlaceKind.ROAD, place="江南路"),
        rule(2, role=Role.OWNER, category="component:"),
    ]
    found = choose(rules, MATTER, on=DAY)
    assert found is not None
    assert (found.department, found.rule.id) == ("water", 2)
    without = choose(rules, Matter("component:0101", HERE), on=DAY)
    assert without is not None
    assert without.department == "road"


def test_a_meeting_goes_before_other_sources_and_the_later_day_before_the_earlier() -> None:
    rules = [rule(1, "a"), rule(2, "b", source=Source.MEETING), rule(3, "c", valid_from=date(2023, 1, 1))]
    found = choose(rules, MATTER, on=DAY)
    assert found is not None
    assert [found.department, *(unit for _rule, unit in found.others)] == ["b", "c", "a"]


def test_a_rule_holds_from_its_first_day_and_not_on_its_last() -> None:
    dated = rule(1, "a", valid_from=DAY, valid_to=DAY + timedelta(days=2))
    held = [unit_by(dated, MATTER, DAY + timedelta(days=n)) for n in (-1, 0, 1, 2)]
    assert held == ["", "a", "a", ""]


def test_a_road_is_found_in_the_words_of_the_address() -> None:
    found = choose(
        [rule(1, "a", place_kind=PlaceKind.ROAD, place="江南路")], Matter("component:0101", {}, "江南路口"), on=DAY
    )
    assert found is not None


_rules = st.lists(
    st.builds(
        lambda category, kind, source, day, unit: (category, kind, source, day, unit),
        st.sampled_from(["", "component", "component:01", "component:0101", "event:"]),
        st.sampled_from([PlaceKind.CITY, PlaceKind.DISTRICT, PlaceKind.ROAD]),
        st.sampled_from(list(Source)),
        st.integers(0, 5),
        st.sampled_from(["a", "b", "c", ""]),
    ),
    max_size=12,
)


@given(_rules, st.sampled_from(["component:0101", "component:0102", "event:0101"]))
def test_the_index_chooses_as_the_plain_search(drawn: list[Any], category: str) -> None:
    rules = [
        rule(
            n, unit, category=start, place_kind=kind, place=HERE.get(kind, ""), source=source,
            valid_from=date(2024, 4, 10 + day), role=None if unit else Role.OWNER,
        )
        for n, (start, kind, source, day, unit) in enumerate(drawn)
    ]  # fmt: skip
    matter = Matter(category, HERE, "", {Role.OWNER: "water"})
    assert RuleIndex(rules).choose(matter, on=DAY) == choose(rules, matter, on=DAY)


def test_conflicts_doubles_and_gaps_are_listed_with_the_cases_they_touch() -> None:
    rules = [
        rule(1, "a", category="component:0101"), rule(2, "b", category="component:0101"),
        rule(3, "b", category="component:0102"), rule(4, "b", category="component:0102"),
        rule(5, "c", category="event:01", place_kind=PlaceKind.DISTRICT, place="990101"),
    ]  # fmt: skip
    past = {
        ("component:0101", "990101"): 7, ("component:0102", "990102"): 5, ("event:0101", "990101"): 9,
        ("event:0101", "990102"): 3,
    }  # fmt: skip
    found = [
        (each.trouble, each.cases, each.rules, each.category, each.district)
        for each in check_rules(rules, past=past, on=DAY)
    ]
    assert found == [
        (Trouble.CONFLICT, 7, (1, 2), "component:0101", ""),
        (Trouble.DOUBLE, 5, (3, 4), "component:0102", ""),
        (Trouble.GAP, 3, (), "event:0101", "990102"),
    ]


def test_rules_of_days_apart_are_no_conflict() -> None:
    rules = [rule(1, "a", valid_to=DAY), rule(2, "b", valid_from=DAY)]
    assert check_rules(rules, past={}, on=DAY) == []
