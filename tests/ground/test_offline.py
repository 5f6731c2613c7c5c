"""The archive holds what its papers name, and installs and serves without network: that in ``make soak`` only."""

from __future__ import annotations

import os
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parents[2]
SOAKING = hypothesis.settings.get_current_profile_name() == "soak"
ALONE = ["unshare", "--net"]
INSTALL = """
set -e
ip link set lo up || true
! {python} -c "import socket; socket.create_connection(('1.1.1.1', 53), 2)" 2>/dev/null
tar -xf {archive} -C {place}
{place}/wangge-*/install.sh {place}/installed
export WANGGE_VAR={place}/var
{place}/installed/bin/wangge migrate --quiet
{place}/installed/bin/wangge check
{place}/installed/bin/wangge verify
{place}/installed/bin/wangge demo load --small
{place}/installed/bin/wangge verify
{place}/installed/bin/wangge demo info
"""


def test_what_the_page_of_operations_sends_one_to_is_in_the_archive() -> None:
    packed = runpy.run_path(str(ROOT / "deploy" / "offline.py"))["PAPERS"]
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    named = set(re.findall(r"deploy/[a-z]+", page)) - {"deploy/container"}  # an image is made from an archive
    assert named
    assert named <= set(packed)


@pytest.mark.slow
@pytest.mark.skipif(not SOAKING, reason="make soak: every wheel is fetched")
@pytest.mark.parametrize("arch", ["x86_64", "aarch64"])
def test_the_archive_is_packed_and_installs_without_network(arch: str, tmp_path: Path) -> None:
    packed = subprocess.run(
        [sys.executable, "deploy/offline.py", "--arch", arch, "--output", str(tmp_path)], cwd=ROOT, check=False
    )  # fmt: skip
    assert packed.returncode == 0
    (archive,) = tmp_path.glob(f"*{arch}*.tar")
    if os.uname().machine != arch:
        return  # its wheels are there; it cannot run here
    if shutil.which("unshare") is None or subprocess.run([*ALONE, "true"], check=False).returncode != 0:
        pytest.skip("no network namespace may be made here")
    words = INSTALL.format(python=sys.executable, archive=archive, place=tmp_path)
    plain = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "HOME": str(tmp_path), "PYTHON": sys.executable}
    done = subprocess.run([*ALONE, "sh", "-c", words], env=plain, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (done.stdout, done.stderr)
