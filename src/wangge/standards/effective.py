"""The effective table of moves: who may make each move in a city, once its settings are applied.

The table of the standards says which posts may ever make a move; settings, approval tiers, ladders and rules
narrow that. Here they are resolved as far as they can be without a case: what depends on an open request
shows every tier of the active set, in the order in which they are tried.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from wangge.standards.tables import Automation, Composite, Move, Rung, Tables, Tier

SYSTEM = "system"
# setting appeal_judges -> posts of the first and the second instance
JUDGES: Mapping[str, tuple[str, str]] = {
    "desk": ("dispatcher", "acceptor"),
    "evaluation": ("evaluator", "centre_leader"),
}


@dataclass(frozen=True, slots=True)
class EffectiveMove:
    """A row of the table of moves as it holds in a city.

    ``posts`` may make it, in the row's order; ``closed_by`` is the reason for which everybody is
    refused under these settings (``level_off``, ``not_on_quick_list``, ``wrong_post``); empty: it is open.
    """

    move: Move
    posts: tuple[str, ...]
    rules: tuple[Automation, ...] = ()
    acts: tuple[Composite, ...] = ()
    tiers: tuple[Tier, ...] = ()
    rungs: tuple[Rung, ...] = ()
    closed_by: str = ""

    @property
    def is_open(self) -> bool:
        return not self.closed_by


def effective_moves(tables: Tables, settings: Mapping[str, str]) -> tuple[EffectiveMove, ...]:
    """Every row of the table under ``settings`` (all keys, as ``city_settings`` gives them), in its order."""
    city = _City(tables, settings)
    return tuple(city.effective(move) for move in tables.moves)


@dataclass(frozen=True, slots=True)
class _City:
    tables: Tables
    settings: Mapping[str, str]
    requests_at: dict[str, set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for move in self.tables.moves:
            if move.verb.startswith("approve_"):
                kind = move.verb.removeprefix("approve_")
                self.requests_at.setdefault(move.from_stage, set()).add(kind)

    def effective(self, move: Move) -> EffectiveMove:
        rules, acts = self._rules(move), self._acts(move)
        tiers, rungs = self._tiers(move), self._rungs(move)
        posts = move.posts
        for word in move.post_by:
            kind, _, name = word.partition(":")
            match kind:
                case "setting":
                    posts = _keep(posts, (*self._posts_of_setting(name), *(act.post for act in acts)))
                case "tier":
                    posts = _keep(posts, _tier_posts(move, tiers))
                case "ladder":
                    posts = _keep(posts, tuple(post for rung in rungs for post in rung.from_posts))
                case "automation" if not rules:
                    posts = tuple(post for post in posts if post != SYSTEM)
        return EffectiveMove(move, posts, rules, acts, tiers, rungs, self._closed_by(move, posts))

    def _posts_of_setting(self, key: str) -> tuple[str, ...]:
        value = self.settings[key]
        return JUDGES[value] if key == "appeal_judges" else (value,)

    def _rules(self, move: Move) -> tuple[Automation, ...]:
        return tuple(
            rule
            for rule in self.tables.automations
            if (rule.set, rule.verb, rule.stage) == (self.settings["automation"], move.verb, move.from_stage)
        )

    def _acts(self, move: Move) -> tuple[Composite, ...]:
        return tuple(
            act
            for act in self.tables.composites
            if act.set == self.settings["automation"] and move.verb in act.steps and "act?" in move.args
        )

    def _tiers(self, move: Move) -> tuple[Tier, ...]:
        kinds: set[str] = set()
        for word in move.post_by:
            kind, _, name = word.partition(":")
            if kind == "tier":
                kinds |= self.requests_at.get(move.from_stage, set()) if name == "endorse" else {name}
        active = self.settings["approval_tiers"]
        return tuple(
            sorted(
                (tier for tier in self.tables.approval_tiers if tier.set == active and tier.request in kinds),
                key=lambda tier: (tier.request, tier.seq),
            )
        )

    def _rungs(self, move: Move) -> tuple[Rung, ...]:
        ladders = {word.removeprefix("ladder:") for word in move.post_by if word.startswith("ladder:")}
        return tuple(rung for rung in self.tables.ladders if rung.ladder in ladders)

    def _closed_by(self, move: Move, posts: tuple[str, ...]) -> str:
        if not posts:
            return "wrong_post"
        if "level_on" in move.guards and self.settings["district_level"] == "off":
            return "level_off"
        if "quick_listed" in move.guards and self.settings["quick_list"] in ("", "empty"):
            return "not_on_quick_list"
        return ""


def _keep(posts: tuple[str, ...], allowed: tuple[str, ...]) -> tuple[str, ...]:
    """Settings, tiers and ladders never touch ``system``: only the rules do."""
    return tuple(post for post in posts if post in allowed or post == SYSTEM)


def _tier_posts(move: Move, tiers: tuple[Tier, ...]) -> tuple[str, ...]:
    if move.verb == "endorse_request":
        return tuple(post for tier in tiers for post in tier.endorsers)
    deciding = tuple(tier.deciding_post for tier in tiers)
    if move.verb.startswith("refuse_"):
        return (*deciding, *(post for tier in tiers for post in tier.endorsers))
    return deciding
