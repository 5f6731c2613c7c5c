"""Random slots and calendars for the property tests, in the shapes of both the engine and the reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from tests.working_time import reference
from wangge.groundwork.working_time import Slot, WorkCalendar, WorkingClock

FIRST_DAY = 19_900
KNOWN_DAYS = 9
LAST_DAY = FIRST_DAY + KNOWN_DAYS - 1
FIRST_MINUTE = FIRST_DAY * reference.DAY
END = (LAST_DAY + 1) * reference.DAY


@dataclass(frozen=True)
class City:
    """Slots that change on one day, and the worked days of a short calendar."""

    early: tuple[tuple[int, int], ...]
    late: tuple[tuple[int, int], ...]
    change_day: int
    worked: tuple[bool, ...]

    def spans(self, day: int) -> Sequence[tuple[int, int]]:
        return self.early if day < self.change_day else self.late

    def works(self, day: int) -> bool:
        return self.worked[day - FIRST_DAY]

    def minutes(self) -> set[int]:
        """Every counted minute, by the reference."""
        return reference.counted_minutes(FIRST_DAY, LAST_DAY, self.works, self.spans)

    def clock(self) -> WorkingClock:
        """The engine's clock of the same city."""
        calendar = WorkCalendar("random", [(FIRST_DAY, LAST_DAY)], dict(enumerate(self.worked, start=FIRST_DAY)))
        return WorkingClock(calendar, lambda day: tuple(Slot(*span) for span in self.spans(day)))

    @property
    def known_from(self) -> int:
        """Before it a slot of the unknown day before may reach over midnight."""
        reach = max((end - reference.DAY for _, end in self.spans(FIRST_DAY - 1)), default=0)
        return FIRST_MINUTE + max(reach, 0)


@st.composite
def spans(draw: st.DrawFn) -> tuple[int, int]:
    """A slot of any length up to a whole day; one that ends at or before its beginning crosses midnight."""
    begin = draw(st.integers(0, reference.DAY - 1))
    end = draw(st.integers(0, reference.DAY))
    return begin, end if end > begin else end + reference.DAY


slot_lists = st.lists(spans(), max_size=4).map(tuple)
cities = st.builds(
    City,
    early=slot_lists,
    late=slot_lists,
    change_day=st.integers(FIRST_DAY - 1, LAST_DAY),
    worked=st.tuples(*[st.booleans()] * KNOWN_DAYS),
)
moments = st.integers(FIRST_MINUTE, END - 1)
