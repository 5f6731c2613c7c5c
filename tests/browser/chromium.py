"""Finds a Chromium for the journeys, or installs one as the platform allows, or says aloud why there is none.

In this order: the setting WANGGE_CHROMIUM, a Chromium or Chrome on the path, the one Playwright brought, and on
Debian as root `apt-get install chromium fonts-noto-cjk`.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from functools import lru_cache
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
APT_SECONDS = 300


@lru_cache(maxsize=1)
def found_chromium() -> tuple[str, str]:
    """(path, "") or ("", why there is none)."""
    named = os.environ.get("WANGGE_CHROMIUM", "")
    if named:
        usable = Path(named).is_file()
        return (named, "") if usable else ("", f"WANGGE_CHROMIUM names no file: {named}")
    path = _on_path() or _of_playwright()
    if path:
        _ensure_fonts()
        return path, ""
    why = _install("chromium", "fonts-noto-cjk")
    path = _on_path()
    return (path, "") if path else ("", f"no Chromium: {why}. Install one, or name it in WANGGE_CHROMIUM")


def _on_path() -> str:
    return next((path for name in NAMES if (path := shutil.which(name))), "")


def _of_playwright() -> str:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else ""


def has_chinese_fonts() -> bool:
    """Whether some font of this machine draws Chinese."""
    lister = shutil.which("fc-list")
    if lister is None:
        return False
    listed = subprocess.run([lister, ":lang=zh", "family"], check=False, capture_output=True, text=True)
    return bool(listed.stdout.strip())


def _ensure_fonts() -> None:
    if not has_chinese_fonts():
        why = _install("fonts-noto-cjk")
        if not has_chinese_fonts():
            sys.stderr.write(f"\nBROWSER: no font draws Chinese ({why}): boxes will stand in its place.\n")


def _install(*packages: str) -> str:
    """Install Debian packages as root, one worker at a time; empty, or why not."""
    apt = shutil.which("apt-get")
    if apt is None:
        return "this is no Debian machine, so nothing was installed"
    if os.geteuid() != 0:
        return f"not root, so apt-get install {' '.join(packages)} was not tried"
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with (Path(tempfile.gettempdir()) / "wangge-apt.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if packages[0] == "chromium" and _on_path():
            return ""
        try:
            subprocess.run([apt, "update", "-qq"], env=quiet, check=False, capture_output=True, timeout=APT_SECONDS)
            order = [apt, "install", "-y", "-qq", "--no-install-recommends", *packages]
            done = subprocess.run(order, env=quiet, check=False, capture_output=True, text=True, timeout=APT_SECONDS)
        except subprocess.TimeoutExpired:
            return f"apt-get took more than {APT_SECONDS} s"
    return "" if done.returncode == 0 else f"apt-get failed: {done.stderr.strip()[-200:]}"
