"""Packs everything an installation without network needs into one archive: wheels, the built product, an installer.

    make offline                     for this machine's kind and Python
    make offline ARCH=aarch64        for the other kind; its wheels are fetched, nothing of it is run here

The wheel of the product holds the built front end, so that no Node.js is needed where it is installed. Every file is
named with its SHA-256 in ``SHA256SUMS``, and the installer takes nothing whose hash the lock does not name.
"""

# ruff: noqa: T201, S603 - a script of the terminal that runs its own commands

from __future__ import annotations

import argparse
import hashlib
import platform
import shutil
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHON = ROOT / ".venv" / "bin" / "python"
# glibc 2.17 to 2.28: what Kylin V10, openEuler 20.03 and Debian 10 already have.
GLIBC = ("2_28", "2_27", "2_26", "2_24", "2_17")
PAPERS = (
    "LICENSE", "README.md", "README.zh-CN.md", "CHANGELOG.md", "docs", "demo",
    "deploy/systemd", "deploy/nginx", "deploy/standby", "deploy/monitoring",
)  # fmt: skip


def main() -> None:
    """Build, fetch, pack."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--arch", choices=("x86_64", "aarch64"), default=platform.machine())
    arguments.add_argument("--python", default=f"{sys.version_info[0]}.{sys.version_info[1]}", help="e.g. 3.11")
    arguments.add_argument("--output", type=Path, default=ROOT / "dist")
    told = arguments.parse_args()
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    name = f"wangge-{version}-linux-{told.arch}-py{told.python.replace('.', '')}"
    place = told.output / name
    shutil.rmtree(place, ignore_errors=True)
    (place / "wheels").mkdir(parents=True)
    _say("取依赖 / fetching wheels")
    _write_lock(place / "requirements.txt", told.python)
    _fetch(place, told.arch, told.python)
    _say("构建本产品 / building the product")
    _run([PYTHON, "-m", "pip", "wheel", "-q", "--no-deps", "-w", place / "wheels", ROOT])
    _copy_papers(place)
    _write_sums(place)
    archive = told.output / f"{name}.tar"
    with tarfile.open(archive, "w") as packed:  # wheels are compressed already
        packed.add(place, arcname=name)
    shutil.rmtree(place)
    print(f"{archive} {archive.stat().st_size / 2**20:.0f} MiB")


def _write_lock(path: Path, python: str) -> None:
    """What runs, without what only developers need, at the locked versions."""
    words = ["-q", "--generate-hashes", "--no-header", "--no-annotate", "--python-version", python]
    constraints = ["-c", ROOT / "requirements.lock", ROOT / "pyproject.toml", "-o", path]
    _run([PYTHON, "-m", "uv", "pip", "compile", *words, *constraints])


def _fetch(place: Path, arch: str, python: str) -> None:
    kinds = [word for glibc in GLIBC for word in ("--platform", f"manylinux_{glibc}_{arch}")]
    words = ["--only-binary=:all:", "--python-version", python, "--implementation", "cp", *kinds]
    more = ["--platform", f"manylinux2014_{arch}", "--platform", f"linux_{arch}", "--require-hashes"]
    fetch = [PYTHON, "-m", "pip", "download", "-q", "--no-deps", "-d", place / "wheels", *words, *more]
    _run([*fetch, "-r", place / "requirements.txt"])
    # the installer of the environment itself, where the machine's Python brings an old one
    _run([PYTHON, "-m", "pip", "download", "-q", "--no-deps", "-d", place / "wheels", "pip"])


def _copy_papers(place: Path) -> None:
    for name in PAPERS:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, place / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.is_file():
            shutil.copy2(source, place / name)
    shutil.copy2(ROOT / "deploy" / "install.sh", place / "install.sh")


def _write_sums(place: Path) -> None:
    files = sorted(path for path in place.rglob("*") if path.is_file())
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(place)}\n" for path in files]
    (place / "SHA256SUMS").write_text("".join(lines))


def _run(command: list[str | Path]) -> None:
    words = [str(word) for word in command]
    if subprocess.run(words, check=False, cwd=ROOT).returncode != 0:
        sys.exit(f"失败 / failed: {' '.join(words)}")


def _say(text: str) -> None:
    print(f"== {text}", flush=True)


if __name__ == "__main__":
    main()
