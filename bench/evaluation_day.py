"""Writes one further day, of average size, into a simulated city: the news that a refresh finds."""

from __future__ import annotations

import sys
from datetime import date

from wangge.project.opening import open_city


def main(on: date, cases: int) -> None:
    """The day's cases with all their steps up to the end of its year."""
    with open_city(as_owner=True):
        from wangge.domains.cases.operations.bulk import settle_after_bulk
        from wangge.domains.organizations.logic import TERMINAL
        from wangge.domains.organizations.models import Person
        from wangge.groundwork import clock
        from wangge.project.demo.city_data import read_city
        from wangge.project.demo.ground import grow_ground
        from wangge.project.demo.ground_loading import LoadedGround
        from wangge.project.simulation.running import Production, produce, year_tasks

        loaded = LoadedGround(grow_ground(read_city()), dict(Person.objects.values_list("username", "id")))
        tasks = [each for each in year_tasks(cases=cases * 366, year=on.year, seed=7) if each.day.on == on]
        written = sum(done.cases for done in produce(Production(loaded, 7, TERMINAL, clock.now()), tasks, jobs=1))
        settle_after_bulk()
        print(written)


if __name__ == "__main__":
    main(date.fromisoformat(sys.argv[1]), int(sys.argv[2]))
