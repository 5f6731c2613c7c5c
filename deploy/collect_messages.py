"""Lists the texts of pages, refusals and commands that the English catalogue lacks, or that nobody uses any more.

`python deploy/collect_messages.py` prints the missing ones as entries to fill in; exit 1 when there are any.
Where each is used first is told beside it on the error stream; in the catalogue it would only go stale.
"""

from __future__ import annotations

import ast
import csv
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "wangge"
CATALOGUE = SOURCE / "locale" / "en" / "LC_MESSAGES" / "django.po"
CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
CHINESE = re.compile(r"[\u4e00-\u9fff]")
# Columns of the standards whose words stand on pages.
COLUMNS = {
    "moves.csv": ("verb_zh",), "stages.csv": ("stage_zh",), "stage_limits.csv": ("name_zh",),
    "refusals.csv": ("reason_zh",), "refusals_added.csv": ("reason_zh",),
    "posts.csv": ("post_zh",), "posts_added.csv": ("post_zh",),
    "entries.csv": ("source_zh",), "entries_added.csv": ("source_zh",), "time_units.csv": ("name_zh",),
    "ask_reasons.csv": ("why_zh",),
    "appeal_kinds.csv": ("kind_zh", "granted_zh"), "automations.csv": ("name_zh",), "composites.csv": ("act_zh",),
    "ladders.csv": ("addressee_zh",), "hotline_channels.csv": ("name_zh",), "hotline_kinds.csv": ("kind_zh",),
    "hotline_states.csv": ("state_zh",), "hotline_acts.csv": ("act_zh",),
    "letter_kinds.csv": ("kind_zh", "hint_zh"), "authorities.csv": ("name_zh",), "call_backs.csv": ("rule_zh",),
    "signs.csv": ("name_zh", "measure_zh"), "check_items.csv": ("name_zh",), "score_schemes.csv": ("name_zh",),
}  # fmt: skip
# The same of the tables of budgeting; choices are several words in one cell.
BUDGETING = {
    "record_kinds.csv": "name_zh", "record_fields.csv": "name_zh", "calendar.csv": "name_zh",
    "disclosure_steps.csv": "name_zh",
}  # fmt: skip
_TRANSLATE = re.compile(r"""\{%\s*translate\s+(?:"([^"]+)"|'([^']+)')""")
_INLINE = re.compile(r"""_\((?:"([^"]+)"|'([^']+)')\)""")
_BLOCK = re.compile(r"\{%\s*blocktranslate([^%]*)%\}(.*?)\{%\s*endblocktranslate\s*%\}", re.DOTALL)
_PLURAL = re.compile(r"\{%\s*plural\s*%\}")
_NAME = re.compile(r"\{\{\s*(\w+)\s*\}\}")

Message = tuple[str, str]
"""(text, its plural or empty)."""


def used(source: Path = SOURCE) -> dict[Message, str]:
    """Every text in use → the file that uses it first."""
    found: dict[Message, str] = {}
    for path in sorted(source.rglob("*.py")):
        if "migrations" not in path.parts:
            for message in _of_python(path):
                found.setdefault(message, path.relative_to(source).as_posix())
    for path in sorted(source.rglob("templates/**/*.html")):
        for message in _of_template(path.read_text(encoding="utf-8")):
            found.setdefault(message, path.relative_to(source).as_posix())
    for message, where in _of_tables(source / "standards" / "data" / "national"):
        found.setdefault(message, where)
    for message, where in _of_budgeting(source / "standards" / "data" / "budgeting"):
        found.setdefault(message, where)
    return found


def _of_python(path: Path) -> Iterator[Message]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        if name in CALLS and texts and CHINESE.search(texts[0]):
            yield texts[0], texts[1] if name.startswith("ngettext") and len(texts) > 1 else ""


def _of_template(text: str) -> Iterator[Message]:
    for pattern in (_TRANSLATE, _INLINE):
        for first, second in pattern.findall(text):
            yield first or second, ""
    for options, body in _BLOCK.findall(text):
        singular, *plural = (_NAME.sub(r"%(\1)s", part) for part in _PLURAL.split(body))
        if "trimmed" in options:
            singular, plural = singular.strip(), [part.strip() for part in plural]
        yield singular, plural[0] if plural else ""


def _of_tables(folder: Path) -> Iterator[tuple[Message, str]]:
    for name, columns in COLUMNS.items():
        with (folder / name).open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                for column in columns:
                    if row[column]:
                        yield (row[column], ""), name
    with (folder / "labels.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if row["of"] in ("verb", "stage", "stage_clock", "reason", "post"):
                yield (row["label_zh"], ""), "labels.csv"


def _of_budgeting(folder: Path) -> Iterator[tuple[Message, str]]:
    for name, column in BUDGETING.items():
        with (folder / name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                words = row["choices"].split(";") if row.get("type") == "choice" else []
                for word in (row[column], *words):
                    if CHINESE.search(word):
                        yield (word, ""), name


def main() -> int:
    """Print what is missing and what is left over."""
    from compile_messages import read_catalogue

    known = read_catalogue(CATALOGUE) if CATALOGUE.is_file() else {}
    wanted = used()
    missing = {message: where for message, where in wanted.items() if message[0] not in known}
    for (text, plural), where in missing.items():
        sys.stderr.write(f"{where}: {text}\n")
        sys.stdout.write(f"msgid {_quoted(text)}\n")
        sys.stdout.write(
            f'msgid_plural {_quoted(plural)}\nmsgstr[0] ""\nmsgstr[1] ""\n\n' if plural else 'msgstr ""\n\n'
        )
    left = sorted(set(known) - {text for text, _plural in wanted} - {""})
    for text in left:
        sys.stderr.write(f"not used any more: {text}\n")
    return 1 if missing else 0


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


if __name__ == "__main__":
    sys.exit(main())
