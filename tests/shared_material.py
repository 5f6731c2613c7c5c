"""Where the team's read-only material lies: a folder `shared` beside the repository, or beside a folder above it."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHARED = next((above / "shared" for above in ROOT.parents if (above / "shared" / "data").is_dir()), ROOT / "shared")
DATA = SHARED / "data"
