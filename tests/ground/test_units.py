"""The units of deploy/systemd: systemd understands them, and what they start is there."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from wangge.project.command_line import wangge

UNITS = Path(__file__).resolve().parents[2] / "deploy" / "systemd"
SERVICES = sorted(UNITS.glob("*.service"))


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here")
def test_systemd_understands_every_line_of_the_units(tmp_path: Path) -> None:
    """It says nothing where it knows every key and value; the program they start is put where it can find it."""
    for unit in UNITS.iterdir():
        if unit.suffix in (".service", ".timer"):
            text = unit.read_text(encoding="utf-8").replace("/opt/wangge/bin/wangge", sys.executable)
            (tmp_path / unit.name).write_text(text, encoding="utf-8")
    names = sorted(str(path) for path in tmp_path.iterdir())
    told = subprocess.run(["systemd-analyze", "verify", *names], capture_output=True, text=True, check=False)
    assert (told.returncode, told.stderr) == (0, "")


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.stem)
def test_a_unit_starts_a_command_with_options_it_has(unit: Path) -> None:
    started = re.findall(r"^ExecStart=/opt/wangge/bin/wangge (.+)$", unit.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(started) == 1
    # Help is told once the command and every option before it were found.
    told = CliRunner().invoke(wangge, [*shlex.split(started[0]), "--help"])
    assert told.exit_code == 0, told.output


@pytest.mark.parametrize("unit", [each for each in SERVICES if each.stem != "wangge"], ids=lambda unit: unit.stem)
def test_what_a_timer_starts_gives_way_as_a_service_and_within_it(unit: Path) -> None:
    lines = unit.read_text(encoding="utf-8").splitlines()
    assert {"CPUWeight=10", "Nice=10", "IOSchedulingClass=idle"} <= set(lines)
    assert (UNITS / f"{unit.stem}.timer").is_file()
