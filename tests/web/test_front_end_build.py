"""The build of the front end: it knows when nothing changed, and says what to do when it cannot."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

import pytest

from wangge.surfaces.web.elements import built

ROOT = Path(__file__).resolve().parents[2]
FRONTEND = ROOT / "frontend"


@pytest.fixture
def build_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("frontend_build", FRONTEND / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_lock_names_versions_and_hashes_but_no_addresses() -> None:
    lock = json.loads((FRONTEND / "package-lock.json").read_text(encoding="utf-8"))
    packages = [package for name, package in lock["packages"].items() if name]
    assert packages
    assert not [package for package in packages if "resolved" in package]
    assert all(package.get("integrity", "").startswith("sha512-") for package in packages)


def test_versions_are_pinned_and_htmx_is_of_the_major_that_django_htmx_carries() -> None:
    named = json.loads((FRONTEND / "package.json").read_text(encoding="utf-8"))
    versions = {**named["dependencies"], **named["devDependencies"]}
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions.values())
    import django_htmx

    carried = Path(django_htmx.__file__).parent / "static" / "django_htmx"
    major = versions["htmx.org"].split(".")[0]
    assert (carried / f"htmx-{major}.min.js").is_file()


def test_a_changed_input_changes_the_stamp(
    build_script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in build_script.INPUT_FILES:
        (tmp_path / name).write_text("one", encoding="utf-8")
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "main.ts").write_text("two", encoding="utf-8")
    monkeypatch.setattr(build_script, "FRONTEND", tmp_path)
    monkeypatch.setattr(build_script, "BUILT", tmp_path / "built")
    monkeypatch.setattr(build_script, "STAMP", tmp_path / "built" / "inputs.sha256")
    assert not build_script.is_current()
    (tmp_path / "built").mkdir()
    (tmp_path / "built" / "manifest.json").write_text("{}", encoding="utf-8")
    (tmp_path / "built" / "inputs.sha256").write_text(build_script.inputs_hash(), encoding="ascii")
    assert build_script.is_current()
    assert build_script.build() is False
    (tmp_path / "src" / "main.ts").write_text("three", encoding="utf-8")
    assert not build_script.is_current()


def test_without_node_the_build_says_which_command_brings_it(
    build_script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build_script, "find_spec", lambda _name: None)
    with pytest.raises(build_script.BuildFailed, match="make setup"):
        build_script.build(force=True)


def test_a_page_without_its_front_end_names_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(built, "BUILT", tmp_path)
    with pytest.raises(built.NotBuilt, match="make setup"):
        built.entry()


def test_the_entry_of_the_manifest_is_found_and_a_missing_one_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = {"src/main.ts": {"file": "main-a1.js", "css": ["main-b2.css"], "isEntry": True}}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    monkeypatch.setattr(built, "BUILT", tmp_path)
    assert built.entry() == built.Entry("main-a1.js", ("main-b2.css",))
    with pytest.raises(built.NotBuilt, match=r"src/other\.ts"):
        built.entry("src/other.ts")


def test_both_dark_blocks_of_the_tokens_are_the_same() -> None:
    tokens = (FRONTEND / "src" / "styles" / "tokens.css").read_text(encoding="utf-8")
    blocks = re.findall(r':root\[data-theme="(?:dark|auto)"\] \{(.*?)\}', tokens, re.DOTALL)
    chosen, asked = ([line.strip() for line in block.splitlines() if line.strip()] for block in blocks)
    assert chosen == asked


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("block", ["light", "dark"])
@pytest.mark.parametrize("ground", ["surface", "ground"])
@pytest.mark.parametrize("text", ["text", "quiet", "accent", "overdue", "soon", "on-time", "paused"])
def test_text_stands_out_from_its_ground(block: str, ground: str, text: str) -> None:
    tokens = (FRONTEND / "src" / "styles" / "tokens.css").read_text(encoding="utf-8")
    part = tokens.split(':root[data-theme="dark"]')[0 if block == "light" else 1]
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", part.split("@media")[0]))
    lighter, darker = sorted((_luminance(colours[text]), _luminance(colours[ground])), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def test_pages_weigh_no_more_script_than_a_slow_network_carries(build_script: ModuleType) -> None:
    if not build_script.is_current():
        pytest.skip("the front end is not built")
    sizes = build_script.script_sizes()
    assert {name: size for name, (size, most) in sizes.items() if size > most} == {}
    assert all(size > 10_000 for size, _most in sizes.values())


def test_a_build_that_grew_too_heavy_fails_and_names_the_page(
    build_script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build_script, "script_sizes", lambda: {"page": (2048, 1024), "map": (1, 2048)})
    with pytest.raises(build_script.BuildFailed, match=r"page$"):
        build_script._check_sizes()
