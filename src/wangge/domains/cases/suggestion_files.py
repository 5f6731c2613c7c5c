"""Keeps a trained model: arrays in a directory of their own and a manifest; a new one takes the place of the old whole.

The arrays are mapped, not read: a process that is never asked spends nothing on them, and several share their pages.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from wangge.domains.cases.logic.suggesting import Echoes, Floats

_CURRENT = "current.json"
ARRAYS = ("rarity", "classes", "owners", "edges", "numbers", "values")


@dataclass(frozen=True, slots=True)
class Model:
    """A trained model with what is told of it: when, from how many cases, how good."""

    manifest: Mapping[str, Any]
    rarity: Floats
    classes: Floats
    owners: Floats
    echoes: Echoes

    @property
    def made_at(self) -> datetime:
        """The moment it was trained."""
        return datetime.fromisoformat(str(self.manifest["made_at"]))


def keep(directory: Path, manifest: Mapping[str, Any], arrays: Mapping[str, Any]) -> None:
    """Write the model beside the one in use, then let it be the one in use; older ones go."""
    home = directory / str(manifest["edition"])
    draft = directory / f".{home.name}.{os.getpid()}"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    for name in ARRAYS:
        np.save(draft / f"{name}.npy", arrays[name])
    shutil.rmtree(home, ignore_errors=True)
    draft.rename(home)
    written = directory / f".{_CURRENT}.{os.getpid()}"
    written.write_bytes(orjson.dumps(dict(manifest)))
    written.replace(directory / _CURRENT)
    for old in directory.iterdir():
        if old.is_dir() and old != home:
            shutil.rmtree(old, ignore_errors=True)


_loaded: dict[Path, tuple[int, Model]] = {}


def current(directory: Path) -> Model | None:
    """The model in use; None before the first training."""
    path = directory / _CURRENT
    try:
        changed = path.stat().st_mtime_ns
        if directory in _loaded and _loaded[directory][0] == changed:
            return _loaded[directory][1]
        manifest = orjson.loads(path.read_bytes())
        home = directory / str(manifest["edition"])
        found = {name: np.load(home / f"{name}.npy", mmap_mode="r") for name in ARRAYS}
    except FileNotFoundError:
        return None
    echoes = Echoes(found["edges"], found["numbers"], found["values"], len(manifest["cases_known"]))
    model = Model(manifest, found["rarity"], found["classes"], found["owners"], echoes)
    _loaded[directory] = (changed, model)
    return model
