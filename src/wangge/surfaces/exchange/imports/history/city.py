"""Owns what an export's persons, units and pictures are in this city: looked up once, made where nothing is known."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from wangge.domains.cases.operations.foreign import ReceivingUnits
from wangge.domains.cases.surroundings import units
from wangge.domains.organizations.directory import people
from wangge.domains.organizations.logic import Actor
from wangge.groundwork.attachments.operations import receive_photo
from wangge.groundwork.attachments.refusals import PhotoRefused
from wangge.surfaces.exchange.imports.findings import FindingKind
from wangge.surfaces.exchange.imports.history.mapping import HistoryMapping

NOBODY = 0
"""Who has sent a picture that came with an export."""


@dataclass(slots=True)
class CityPeople:
    """Foreign persons as our persons' ids: by the mapping's table, by user name, or by a name only one person has."""

    mapping: HistoryMapping
    at: datetime
    _ids: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        told = self.mapping.declaration.people
        known = people(at=self.at).values()
        usernames = {person.username: str(person.person_id) for person in known}
        if told.match == "username":
            self._ids.update(usernames)
        elif told.match == "name":
            once = Counter(person.name for person in known)
            self._ids.update({p.name: str(p.person_id) for p in known if once[p.name] == 1})
        for foreign, username in self.mapping.tables.get(told.table, {}).items():
            if username in usernames:
                self._ids[foreign] = usernames[username]

    def person_of(self, text: str) -> str:
        """The person's id as text, or empty."""
        return self._ids.get(text, "")


@dataclass(slots=True)
class CityUnits:
    """Foreign units as our codes; one that nothing stands for becomes a receiving unit, named after it."""

    mapping: HistoryMapping
    by: Actor
    at: datetime
    dry_run: bool
    _codes: dict[str, str] = field(default_factory=dict)
    _made: dict[str, str] = field(default_factory=dict)
    _receiving: ReceivingUnits | None = None

    def __post_init__(self) -> None:
        told = self.mapping.declaration.units
        known = units()
        if told.match == "name":
            once = Counter(unit.name for unit in known.values())
            self._codes.update({unit.name: unit.code for unit in known.values() if once[unit.name] == 1})
        if told.match != "none":
            self._codes.update({code: code for code in known})
        for foreign, code in self.mapping.tables.get(told.table, {}).items():
            if code in known:
                self._codes[foreign] = code
        self._receiving = ReceivingUnits(self.by, self.at)

    def unit_of(self, text: str) -> tuple[str, bool]:
        """The unit's code, and whether it was known before this import."""
        code = self._codes.get(text)
        if code is not None:
            return code, True
        made = self._made.get(text)
        if made is None:
            assert self._receiving is not None
            system = self.mapping.declaration.system
            made = "F-DRY-RUN" if self.dry_run else self._receiving.code_of(system, text)
            self._made[text] = made
        return made, False


@dataclass(slots=True)
class ExportPhotos:
    """The pictures of an export: taken in once each, from below its folder and nowhere else."""

    folder: Path
    at: datetime
    dry_run: bool
    taken: int = 0
    _known: dict[Path, tuple[str, str] | FindingKind] = field(default_factory=dict)

    def take(self, path: Path) -> tuple[str, str] | FindingKind:
        """(photo id, sha256) of a picture, or why there is none."""
        found = self._known.get(path)
        if found is None:
            found = self._known[path] = self._taken(path)
        return found

    def _taken(self, told: Path) -> tuple[str, str] | FindingKind:
        folder = self.folder.resolve()
        # old systems run on Windows
        path = (folder / str(told).replace("\\", "/").lstrip("/")).resolve()
        if not path.is_relative_to(folder) or not path.is_file():
            return FindingKind.PHOTO_NOT_THERE
        if self.dry_run:
            return ("", "")
        try:
            photo = receive_photo(data=path.read_bytes(), by=NOBODY, at=self.at)
        except (PhotoRefused, OSError):
            return FindingKind.PHOTO_UNUSABLE
        self.taken += 1
        return photo.id, photo.sha256
