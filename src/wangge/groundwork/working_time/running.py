"""One measurement of a clock: allowance, minutes used, since when it runs; every act gives a new value."""

from __future__ import annotations

from dataclasses import dataclass

from wangge.groundwork.working_time.clocks import Clock


@dataclass(frozen=True, slots=True)
class RunningClock:
    """A measurement on a clock. Moments are civil minutes; ``running_since`` is None while it stands.

    ``passed_due`` keeps the deadline of a measurement that was stopped after it: set going again, the old
    deadline stays in force, for no later moment has used = allowance. An extension that heals it puts it
    away.
    """

    clock: Clock
    allowance: int
    used: int = 0
    running_since: int | None = None
    passed_due: int | None = None

    @classmethod
    def started(cls, clock: Clock, allowance: int, at: int) -> RunningClock:
        """Set going with nothing used."""
        return cls(clock, allowance, 0, at)

    def used_at(self, at: int) -> int:
        """The minutes used at a moment: those before, and those counted since it was last set going."""
        if self.running_since is None:
            return self.used
        return self.used + self.clock.counted_between(self.running_since, at)

    def left_at(self, at: int) -> int:
        """Minutes left; negative when overdue."""
        return self.allowance - self.used_at(at)

    def is_overdue_at(self, at: int) -> bool:
        """More used than allowed; acting in the deadline's own minute is on time."""
        return self.used_at(at) > self.allowance

    def due(self) -> int | None:
        """The earliest moment with used = allowance, or the one passed before; None while it stands."""
        if self.running_since is None:
            return None
        if self.used > self.allowance:
            return self.running_since if self.passed_due is None else self.passed_due
        return self.clock.due(self.running_since, self.allowance - self.used)

    def pause(self, at: int) -> RunningClock:
        """Stop counting; a measurement that already stands stays as it is."""
        if self.running_since is None:
            return self
        used = self.used_at(at)
        passed = self.due() if used > self.allowance else None
        return RunningClock(self.clock, self.allowance, used, None, passed)

    def resume(self, at: int) -> RunningClock:
        """Go on with what is left; one that runs already stays as it is."""
        if self.running_since is not None:
            return self
        return RunningClock(self.clock, self.allowance, self.used, at, self.passed_due)

    def extend(self, minutes: int) -> RunningClock:
        """Allow so many minutes more, running or standing."""
        if minutes <= 0:
            raise ValueError("an extension is more than zero minutes")
        more = self.allowance + minutes
        return RunningClock(self.clock, more, self.used, self.running_since, self.passed_due)
