"""Makes the environment in .venv: installer, locked packages, the product itself, front end, messages.

Runs on a bare Python 3.11 or later by the standard library alone; does nothing when nothing has changed.
"""

# ruff: noqa: T201, S603, S607 - a script of the terminal that runs its own commands

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
STAMP = ENVIRONMENT / "wangge-setup"
INPUTS = ("requirements.lock", "pyproject.toml", "deploy/installer.lock", "deploy/setup.py")
LEAST_PYTHON = (3, 11)
NOT_COMPILED = r"/(tests?|testing|pip|setuptools|mypy|mypyc|schemathesis|playwright)/"


def main() -> None:
    """Set up what is missing."""
    mark = _mark()
    if not STAMP.exists() or STAMP.read_text() != mark:
        _say("建立运行环境 .venv / making the environment .venv")
        _make_environment()
        _install()
        _compile(*ENVIRONMENT.glob("lib/python*/site-packages"))
        STAMP.write_text(mark)
    _compile(ROOT / "src")
    if (ROOT / "frontend" / "package.json").exists():
        _run([PYTHON, ROOT / "frontend" / "build.py"])
    messages = ROOT / "deploy" / "compile_messages.py"
    if messages.exists():
        _run([PYTHON, messages])


def _mark() -> str:
    """Changes with the locked packages and with the Python that runs them."""
    digest = hashlib.sha256(f"{sys.version_info[:2]} {ROOT}".encode())
    for name in INPUTS:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def _make_environment() -> None:
    if PYTHON.exists():
        if not _has_pip():
            subprocess.run([str(PYTHON), "-m", "ensurepip"], check=False, capture_output=True)
        if _has_pip():
            return
    shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    if find_spec("ensurepip") is None or find_spec("venv") is None:
        _install_debian_venv()
    made = subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=False).returncode == 0
    if not made or not _has_pip():
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)
        made = subprocess.run([sys.executable, "-m", "virtualenv", str(ENVIRONMENT)], check=False).returncode == 0
    if not made or not _has_pip():
        _give_up(
            "这个 Python 建不了虚拟环境：请安装 python3-venv（apt-get install python3-venv）后再试。\n"
            "This Python cannot make a virtual environment: install python3-venv and try again."
        )


def _has_pip() -> bool:
    asked = [str(PYTHON), "-m", "pip", "--version"]
    return PYTHON.exists() and subprocess.run(asked, check=False, capture_output=True).returncode == 0


def _install_debian_venv() -> None:
    """Debian ships Python without the means to make environments; root may add them."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return
    _say("安装 python3-venv / installing python3-venv")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    name = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    subprocess.run(["apt-get", "update", "-qq"], check=False, env=quiet)
    for package in (name, "python3-venv"):
        order = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package]
        if subprocess.run(order, check=False, env=quiet).returncode == 0:
            return


def _install() -> None:
    pip = [PYTHON, "-m", "pip", "--disable-pip-version-check"]
    _run([*pip, "install", "-q", "--require-hashes", "-r", ROOT / "deploy" / "installer.lock"])
    uv = [PYTHON, "-m", "uv", "pip"]
    more = {
        "VIRTUAL_ENV": str(ENVIRONMENT),
        "UV_SYSTEM_CERTS": "true",
        "UV_PYTHON_DOWNLOADS": "never",
        # As pip does: every index that was named is asked for the locked version. The hashes of the lock, not the
        # order of the indexes, say which file is the right one.
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        **_indexes_of_pip(),
    }
    locked = ["--require-hashes", ROOT / "requirements.lock"]
    if _tried([*uv, "sync", "-q", *locked], more):
        _run([*uv, "install", "-q", "--no-deps", "-e", ROOT], more)
        return
    _say("uv 没有装成，改用 pip / uv could not install; pip tries, as this machine configures it")
    _run([*pip, "install", "-q", "--no-deps", "--require-hashes", "-r", ROOT / "requirements.lock"])
    _run([*pip, "install", "-q", "--no-deps", "-e", ROOT])


def _compile(*folders: Path) -> None:
    """Bytecode beforehand: where Python may not write it, as in many containers, every command would compile anew."""
    order = [str(PYTHON), "-m", "compileall", "-q", "-j", "0", "-x", NOT_COMPILED, *(str(each) for each in folders)]
    # a file that is no Python of ours (templates of generators) does not compile and need not
    subprocess.run(order, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _indexes_of_pip() -> dict[str, str]:
    """Whoever told pip of another index meant uv too."""
    told = subprocess.run(
        [str(PYTHON), "-m", "pip", "config", "list"], check=False, capture_output=True, text=True
    ).stdout
    found = dict(re.findall(r"^(?:global|install|:env:)\.([a-z-]+)='(.*)'$", told, re.MULTILINE))
    names = {"index-url": "UV_DEFAULT_INDEX", "extra-index-url": "UV_INDEX", "find-links": "UV_FIND_LINKS"}
    return {
        uv: found[pip].replace("\\n", " ").strip()
        for pip, uv in names.items()
        if found.get(pip) and uv not in os.environ
    }


def _system_trust() -> dict[str, str]:
    """Node.js and pip bring their own certificates; networks of offices add some to the machine's."""
    bundle = Path("/etc/ssl/certs/ca-certificates.crt")
    if not bundle.is_file():
        return {}
    return {"NODE_EXTRA_CA_CERTS": str(bundle), "PIP_CERT": str(bundle)}


def _run(command: list[str | Path], more: dict[str, str] | None = None) -> None:
    if not _tried(command, more):
        _give_up(f"失败 / failed：{' '.join(str(word) for word in command)}")


def _tried(command: list[str | Path], more: dict[str, str] | None = None) -> bool:
    words = [str(word) for word in command]
    environment = {**_system_trust(), **os.environ, **(more or {})}
    return subprocess.run(words, check=False, cwd=ROOT, env=environment).returncode == 0


def _say(text: str) -> None:
    print(f"== {text}", flush=True)


def _give_up(text: str) -> None:
    print(text, file=sys.stderr)
    sys.exit(1)


if __name__ == "__main__":
    if sys.version_info < LEAST_PYTHON:
        _give_up(
            f"需要 Python 3.11 或更高，这里是 {sys.version.split()[0]}。 / Python 3.11 or later is needed.\n"
            "make setup PYTHON=/path/to/python3.11"
        )
    main()
