"""Owns the report of an import into the ground: what was read and how, what would change, what is wrong."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from wangge.domains.geography.logic.findings import Finding, label_of
from wangge.domains.geography.logic.planning import Change, ChangeKind


class FileProblem(StrEnum):
    """What is wrong with a file as a whole."""

    NO_SYSTEM = "no_system"
    UNKNOWN_SYSTEM = "unknown_system"
    WRONG_SYSTEM = "wrong_system"
    SWAPPED_AXES = "swapped_axes"
    OTHER_DATUM = "other_datum"
    OFFSET = "offset"
    NO_COLUMN = "no_column"
    NO_ROWS = "no_rows"


@dataclass(frozen=True, slots=True)
class FileFinding:
    """Something about the whole file; one that refuses keeps everything out until it is answered."""

    problem: FileProblem
    refuses: bool = True
    values: Mapping[str, str] = field(default_factory=dict)
    system: str = ""
    """The system that fits, offered to be chosen."""
    swapped: bool = False

    @property
    def words(self) -> str:
        """What is wrong and what to do, in the reader's language."""
        text = {
            FileProblem.NO_SYSTEM: _(
                "文件没有说明坐标系（如缺少 .prj）。请用 --crs 指明：wgs84、gcj02、bd09、city 或 EPSG:4547。"
            ),
            FileProblem.UNKNOWN_SYSTEM: _("不认识坐标系“%(given)s”。可用：wgs84、gcj02、bd09、city 或 EPSG:4547。"),
            FileProblem.WRONG_SYSTEM: _("按坐标系 %(given)s 读取，整体与现有区域相距约 %(metres)s 米。"),
            FileProblem.SWAPPED_AXES: _("坐标轴颠倒了：东向与北向互换后位置才合理。"),
            FileProblem.OTHER_DATUM: _(
                "坐标系 %(given)s 不是 CGCS2000 或 WGS-84 基准，直接换算可能有百米误差。请由测绘单位转换后再导入。"
            ),
            FileProblem.OFFSET: _(
                "整体与现有区域相距约 %(metres)s 米，没有哪个坐标系能解释。"
                "请核对文件；确属新测边界时加 --accept-offset。"
            ),
            FileProblem.NO_COLUMN: _(
                "没有找到“%(column)s”列。文件的列：%(columns)s。请用 --column %(name)s=列名 指明。"
            ),
            FileProblem.NO_ROWS: _("文件里没有数据行。"),
        }[self.problem] % dict(self.values)
        if not self.system:
            return text
        offer = _("与现有区域比对，应为 %(system)s：请加 --crs %(system)s。")
        if self.swapped:
            offer = _("与现有区域比对，应为 %(system)s 且坐标轴互换：请加 --crs %(system)s --swap-axes。")
        return f"{text}{offer % {'system': self.system}}"


@dataclass(slots=True)
class ImportReport:
    """What an import did, or would do."""

    what: str
    file_name: str
    from_on: str
    dry_run: bool
    rows: int = 0
    system: str = ""
    encoding: str = ""
    problems: list[FileFinding] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    written: bool = False
    seconds: float = 0.0

    @property
    def refused_rows(self) -> int:
        """How many rows cannot be taken."""
        return len({finding.row for finding in self.findings if finding.refuses})

    @property
    def is_sound(self) -> bool:
        """Whether everything in the file can be taken as it stands."""
        return not self.refused_rows and not any(problem.refuses for problem in self.problems)

    @property
    def can_leave_bad_rows(self) -> bool:
        """Whether the good rows can be taken without the bad ones."""
        blocked = any(finding.refuses and not finding.row for finding in self.findings)
        return not blocked and not any(problem.refuses for problem in self.problems)

    def counts(self) -> dict[str, int]:
        """How many areas there are of each kind of change."""
        counted = Counter(change.kind for change in self.changes)
        return {kind.value: counted.get(kind, 0) for kind in ChangeKind}

    def as_json(self, *, most: int | None = None) -> dict[str, Any]:
        """The report for a machine; `most` keeps the lists short for storing."""
        counted = Counter((finding.problem, finding.refuses) for finding in self.findings)
        return {
            "what": self.what,
            "file": self.file_name,
            "from": self.from_on,
            "dry_run": self.dry_run,
            "written": self.written,
            "sound": self.is_sound,
            "rows": self.rows,
            "refused_rows": self.refused_rows,
            "system": self.system,
            "encoding": self.encoding,
            "seconds": round(self.seconds, 2),
            "changes": self.counts(),
            "problems": [_problem(each) for each in self.problems],
            "finding_counts": [
                {"problem": problem.value, "label": label_of(problem), "refuses": refuses, "count": count}
                for (problem, refuses), count in sorted(counted.items())
            ],
            "findings": [_finding(each) for each in _first(self.findings, most)],
            "changed": [
                _change(each)
                for each in _first([each for each in self.changes if each.kind is not ChangeKind.SAME], most)
            ],
        }


def _first(values: Sequence[Any], most: int | None) -> Sequence[Any]:
    return values if most is None else values[:most]


def _problem(found: FileFinding) -> dict[str, Any]:
    return {
        "problem": found.problem.value,
        "refuses": found.refuses,
        "words": found.words,
        "system": found.system,
        "swapped": found.swapped,
        **found.values,
    }


def _finding(found: Finding) -> dict[str, Any]:
    return {
        "row": found.row,
        "code": found.code,
        "problem": found.problem.value,
        "refuses": found.refuses,
        "words": found.words,
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "change": change.kind.value,
        "code": change.code,
        "name": change.name,
        "row": change.row,
        "moved_m2": round(change.moved_m2),
    }
