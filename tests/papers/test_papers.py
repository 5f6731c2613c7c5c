"""The papers of the repository: links lead somewhere, both READMEs say the same, nothing is left out or made up."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
from PIL import Image

from tests.ground.city import WANGGE, City
from wangge.project.command_line import COMMANDS, wangge
from wangge.project.environment import Environment

ROOT = Path(__file__).resolve().parents[2]
PAPERS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
README, README_ZH = ROOT / "README.md", ROOT / "README.zh-CN.md"
DECISIONS = ROOT / "docs" / "decisions"
BESIDE_THE_ENVIRONMENT = {"WANGGE_LANGUAGE"}

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
SOURCE_PATH = re.compile(r"^(?:src|tests|bench|demo|docs|deploy|frontend)/[\w./-]*$")
MACHINE = re.compile(r"/(?:work|root|home)/|/tmp/|[A-Z]:\\")
REGISTRIES = re.compile(
    r"pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|npmmirror|tuna\.tsinghua|mirrors?\.(?:aliyun|tencent|huawei|ustc)"
    r"|proxy\.golang\.org|index-url",
    re.IGNORECASE,
)
MAKING = re.compile(
    r"\bissues?\b|\bticket\b|\b(?:this|earlier|next|previous) session\b|\bsub-?agents?\b|\bagents?\b|\bLLM\b|\bClaude\b"
    r"|\bChatGPT\b|智能体|大模型",
    re.IGNORECASE,
)


def of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def prose_of(path: Path) -> str:
    """The text without its fenced blocks."""
    return FENCED.sub("", text_of(path))


def shell_of(path: Path) -> str:
    """The shell blocks of a paper, one after the other."""
    return "\n".join(block for language, block in FENCED.findall(text_of(path)) if language == "sh")


def headings(text: str) -> list[str]:
    return re.findall(r"^(#+) ", text, re.MULTILINE)


def anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("paper", PAPERS, ids=of)
def test_every_link_of_a_paper_leads_to_something(paper: Path) -> None:
    for target in LINK.findall(prose_of(paper)):
        if "://" in target:
            continue
        name, _, part = target.partition("#")
        place = (paper.parent / name).resolve() if name else paper
        assert place.exists(), target
        if part:
            found = {anchor(line.lstrip("# ")) for line in text_of(place).splitlines() if line.startswith("#")}
            assert part in found, target


@pytest.mark.parametrize("paper", PAPERS, ids=of)
def test_files_a_paper_names_exist(paper: Path) -> None:
    for words in CODE.findall(prose_of(paper)):
        if SOURCE_PATH.match(words):
            assert (ROOT / words).exists(), words


@pytest.mark.parametrize("paper", PAPERS, ids=of)
def test_a_paper_names_no_machine_no_registry_and_not_how_it_was_made(paper: Path) -> None:
    text = text_of(paper)
    for forbidden in (MACHINE, REGISTRIES, MAKING):
        found = forbidden.search(text)
        assert found is None, found


@pytest.mark.parametrize("paper", PAPERS, ids=of)
def test_commands_a_paper_names_exist(paper: Path) -> None:
    told = [*CODE.findall(prose_of(paper)), *shell_of(paper).splitlines()]
    form = re.compile(r"(?:^|bin/)wangge ([a-z][a-z-]*)(?: ([a-z][a-z-]*)\b)?")
    named = [found for words in told for found in form.findall(words)]
    for command, inner in named:
        assert command in COMMANDS, command
        found = wangge.get_command(click.Context(wangge), command)
        if isinstance(found, click.Group) and inner:
            assert found.get_command(click.Context(found), inner) is not None, f"{command} {inner}"


def test_verbs_of_make_that_papers_name_exist() -> None:
    known = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for paper in PAPERS:
        told = [*CODE.findall(prose_of(paper)), *shell_of(paper).splitlines()]
        assert {verb for words in told for verb in re.findall(r"^make ([a-z]+)", words)} <= known, paper


def without_comments(shell: str) -> list[str]:
    return [line.partition("#")[0].strip() for line in shell.splitlines() if line.strip()]


def test_both_readmes_have_the_same_commands_headings_pictures_and_tables() -> None:
    chinese, english = text_of(README_ZH), text_of(README)
    assert without_comments(shell_of(README_ZH)) == without_comments(shell_of(README))
    assert headings(chinese) == headings(english)
    assert re.findall(r"!\[[^\]]*\]\(([^)]+)\)", chinese) == re.findall(r"!\[[^\]]*\]\(([^)]+)\)", english)
    assert chinese.count("\n|") == english.count("\n|")
    assert chinese.count("\n- **") == english.count("\n- **")


def test_the_papers_in_two_languages_have_the_same_commands_and_headings() -> None:
    for chinese in (ROOT / "docs").glob("*.zh-CN.md"):
        english = chinese.with_name(chinese.name.replace(".zh-CN", ""))
        assert without_comments(shell_of(chinese)) == without_comments(shell_of(english))
        assert headings(text_of(chinese)) == headings(text_of(english))


@pytest.mark.parametrize("readme", [README, README_ZH], ids=of)
def test_a_readme_begins_with_the_two_commands(readme: Path) -> None:
    assert [line for line in without_comments(shell_of(readme)) if line][:2] == ["make demo", "make test"]


def test_pictures_are_small_and_used() -> None:
    papers = "".join(map(text_of, PAPERS))
    pictures = list((ROOT / "docs" / "pictures").iterdir())
    assert pictures
    for picture in pictures:
        assert picture.stat().st_size < 200_000, picture
        assert picture.name in papers, picture
        with Image.open(picture) as opened:
            assert opened.format == "PNG"


def rows_of_configuration() -> dict[str, str]:
    """Variable → its default, as the table of the page gives them."""
    page = text_of(ROOT / "docs" / "configuration.md")
    return dict(re.findall(r"^\| `([A-Z0-9_]+)` \| (.*?) \|", page, re.MULTILINE))


def variables() -> dict[str, object]:
    """Every variable the process reads, with its default."""
    return {
        str(field.validation_alias or f"WANGGE_{name.upper()}"): field.default
        for name, field in Environment.model_fields.items()
    }


def test_the_page_of_configuration_names_every_variable_and_no_other() -> None:
    assert set(rows_of_configuration()) == set(variables())


def test_the_page_of_configuration_gives_the_defaults() -> None:
    rows = rows_of_configuration()
    for name, default in variables().items():
        if isinstance(default, bool | int) or (isinstance(default, str) and default):
            assert rows[name] == f"`{str(default).lower() if isinstance(default, bool) else default}`", name
        elif default == "" and name != "WANGGE_SECRET_KEY":
            assert rows[name].startswith(("empty", "as `DATABASE_URL`")), name


def test_papers_name_no_variable_that_nobody_reads() -> None:
    known = {*variables(), *BESIDE_THE_ENVIRONMENT}
    for paper in PAPERS:
        assert set(re.findall(r"WANGGE_[A-Z0-9_]*[A-Z0-9]", text_of(paper))) <= known, paper


def test_the_index_of_decisions_names_every_page_once() -> None:
    named = [name for name in LINK.findall(text_of(DECISIONS / "README.md")) if "/" not in name]
    assert sorted(named) == sorted(page.name for page in DECISIONS.glob("*.md") if page.name != "README.md")


def test_the_licence_is_the_one_the_package_declares() -> None:
    licence = text_of_licence()
    assert "Apache License\n                           Version 2.0, January 2004" in licence
    assert "END OF TERMS AND CONDITIONS" in licence
    assert 'license = "Apache-2.0"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def text_of_licence() -> str:
    return (ROOT / "LICENSE").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_examples_of_the_api_work_as_they_stand(tmp_path: Path) -> None:
    if shutil.which("curl") is None or shutil.which("bash") is None:
        pytest.skip("the examples need bash and curl")
    city = City(tmp_path.resolve() / "city")
    for words in (("migrate", "--quiet"), ("demo", "load", "--small")):
        done = city.run(*words)
        assert done.returncode == 0, done.stderr
    python, option, program = WANGGE
    script = shell_of(ROOT / "docs" / "api.md").replace(".venv/bin/wangge", "wangge").replace(":8000", f":{city.port}")
    begin = f"""wangge() {{ "{python}" {option} "{program}" "$@"; }}\n"""
    served = city.serve()
    try:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", begin + script],
            env={**city.environment, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
            cwd=tmp_path,
            text=True,
            capture_output=True,
            check=False,
            timeout=120,
        )
    finally:
        served.terminate()
        served.wait(30)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("HTTP/1.1 201")
    assert lines[2:11] == [
        "accepted", "filed", "handling", "feedback", "awaiting_inspection", "inspecting", "awaiting_close", "closed",
        "closed",
    ]  # fmt: skip
    taken = next(number for number, line in enumerate(lines) if line.startswith('{"kept":'))
    assert [lines[number].startswith('{"kept":') for number in (taken, taken + 1)] == [True, True]
    assert lines[taken + 2 : taken + 4] == ["receiving", "sent"]
    assert "13800000000" in lines[-2]
    assert "stale_version" in lines[-1]
