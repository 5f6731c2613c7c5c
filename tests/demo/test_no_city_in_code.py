"""Nothing in code knows a city: neither those of the demo nor any real one the tables were learnt from."""

from __future__ import annotations

import re
from pathlib import Path

from wangge.project.demo.city_data import city_names, read_city

SOURCE = Path(__file__).parents[2] / "src" / "wangge"
REAL = ("株洲", "zhuzhou", "430200")
NOT_CODE = {"built", "mappings"}  # a mapping is about one city's file, and named after it
KINDS = {".py", ".html", ".ts", ".sql", ".css", ".toml", ".po"}


def words_of_cities() -> set[str]:
    """Names of cities, districts and streets, and codes of districts."""
    found: set[str] = set(REAL)
    for name in city_names():
        city = read_city(name)
        found |= {city.title, city.title.removesuffix("市"), city.centre_name}
        for district in city.districts:
            found |= {district.name, district.code, *district.streets}
    return {word for word in found if len(word) > 1}


def test_no_module_or_template_names_a_city() -> None:
    wanted = re.compile("|".join(map(re.escape, sorted(words_of_cities()))), re.IGNORECASE)
    named = [
        f"{path.relative_to(SOURCE)}:{number}: {line.strip()[:80]}"
        for path in sorted(SOURCE.rglob("*"))
        if path.suffix in KINDS and NOT_CODE.isdisjoint(path.parts)
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if wanted.search(line)
    ]
    assert named == []


def test_the_name_of_the_first_city_stands_in_one_place_of_the_code() -> None:
    holders = [
        path.relative_to(SOURCE).as_posix()
        for path in sorted(SOURCE.rglob("*.py"))
        if any(re.search(rf"\b{name}\b", path.read_text("utf-8")) for name in ("yunlan",))
    ]
    assert holders == ["project/demo/city_data.py"]
