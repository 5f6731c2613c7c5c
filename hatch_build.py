"""The build hook of the wheel: builds the front end and compiles the messages, so that a wheel is ready to serve."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class FrontEndHook(BuildHookInterface):  # type: ignore[type-arg,misc]
    """Runs frontend/build.py and deploy/compile_messages.py before files are collected; the demo city comes along."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build unless current. An editable install leaves it to `make setup`; a wheel fails without it."""
        root = Path(self.root)
        if version == "editable" or not (root / "frontend" / "build.py").is_file():
            return
        _module(root / "frontend" / "build.py").build()
        _module(root / "deploy" / "compile_messages.py").compile_all()
        build_data["force_include"][str(root / "demo")] = "wangge/project/demo/data"


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"cannot load {path}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
