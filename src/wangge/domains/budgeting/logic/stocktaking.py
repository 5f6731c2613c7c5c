"""Stocktaking of assets 资产盘点: cards beside what was scanned, and what a scan says of its card."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

AGREES, MISSING, ELSEWHERE, OTHER_HOLDER, DAMAGED = "相符", "盘亏", "位置不符", "使用人不符", "损坏"
"""As the records of the kind keep them."""


@dataclass(frozen=True, slots=True)
class AssetCard:
    """An asset card as it stands in a year."""

    code: str
    name: str
    place: str
    holder: str
    original_fen: int
    year: int


@dataclass(frozen=True, slots=True)
class Scan:
    """What was found of one card this year."""

    code: str
    on: str
    result: str
    place: str
    holder: str
    by_name: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A card with its scan; None: not counted yet."""

    card: AssetCard
    scan: Scan | None

    @property
    def deviates(self) -> bool:
        """Whether something was found that the card does not say."""
        return self.scan is not None and self.scan.result != AGREES


@dataclass(frozen=True, slots=True)
class Surplus:
    """An asset that was found without a card 盘盈; ``card`` is the one it has got since."""

    key: str
    code: str
    name: str
    place: str
    holder: str
    estimate_fen: int
    on: str
    by_name: str
    card: str


@dataclass(frozen=True, slots=True)
class Stocktaking:
    """All cards of a unit and year with what was found, and what was found beside them."""

    standings: tuple[Standing, ...]
    surplus: tuple[Surplus, ...] = ()

    @property
    def waiting(self) -> tuple[AssetCard, ...]:
        """The cards nobody has counted yet."""
        return tuple(each.card for each in self.standings if each.scan is None)

    @property
    def deviations(self) -> tuple[Standing, ...]:
        """What was found otherwise than the card says."""
        return tuple(each for each in self.standings if each.deviates)

    @property
    def missing_fen(self) -> int:
        """The original value of what was not found 盘亏."""
        return sum(each.card.original_fen for each in self.deviations if each.scan and each.scan.result == MISSING)

    @property
    def surplus_waiting(self) -> tuple[Surplus, ...]:
        """What was found and has no card yet."""
        return tuple(each for each in self.surplus if not each.card)


def stocktaking_of(
    cards: Iterable[AssetCard], scans: Mapping[str, Scan], surplus: Iterable[Surplus] = ()
) -> Stocktaking:
    """Cards in the order of their codes, each beside its scan; what was found without a card may have got one."""
    ordered = sorted(cards, key=lambda card: card.code)
    codes = {card.code for card in ordered}
    return Stocktaking(
        tuple(Standing(card, scans.get(card.code)) for card in ordered),
        tuple(replace(each, card=each.card or (each.code if each.code in codes else "")) for each in surplus),
    )


def result_of(card: AssetCard, *, place: str, holder: str, condition: str) -> str:
    """What a scan says of its card: found, whole, at its place, with its holder; empty words are not compared."""
    if condition in (MISSING, DAMAGED):
        return condition
    if place and card.place and place != card.place:
        return ELSEWHERE
    if holder and card.holder and holder != card.holder:
        return OTHER_HOLDER
    return AGREES
