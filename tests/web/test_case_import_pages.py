"""An import of cases through the browser: kept and tried by a job, looked at, confirmed, its refused rows fetched."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.cases.conftest import BEGAN
from tests.exchange.foreign_city import MAPPING, csv_file
from tests.web.conftest import Browser, Open
from wangge.domains.cases.models import ImportKind, ImportRun, ImportState
from wangge.domains.cases.operations.import_runs import end_run, fail_run, file_of, follow_run, keep_run, run_of
from wangge.domains.organizations.logic import TERMINAL
from wangge.domains.organizations.models import Person, PostHolding
from wangge.groundwork import clock
from wangge.project.commands.import_run import carried_out
from wangge.surfaces.exchange.imports.given_files import lay_down
from wangge.surfaces.exchange.imports.reading import FileRefused

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(browser: Open, settings: Any) -> Browser:
    settings.TOTP_COMPULSORY = False
    settings.PASSWORD_AGE_DAYS = 0
    person = Person.objects.create(
        username="office-1", display_name="郑工", password="!", created_at=BEGAN, password_set_at=BEGAN
    )
    PostHolding.objects.create(person=person, post="system_administrator", valid_from=BEGAN)
    return browser("office-1")


def jobs() -> list[int]:
    """The runs that were handed to the worker."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT args->>'run_id' FROM procrastinate_jobs WHERE task_name = 'import_run' ORDER BY id")
        return [int(row[0]) for row in cursor.fetchall()]


def give(office: Browser, folder: Path, status: int = 302, **changed: Any) -> None:
    rows = csv_file(folder, {}, {"id": "A-2", "opened": "never"})
    office.get("/imports")
    asked = {
        "mapping": "reports/own",
        "file": SimpleUploadedFile("reports.csv", rows.read_bytes()),
        "own": SimpleUploadedFile("own.toml", MAPPING.encode()),
        **changed,
    }
    office.send("case-import", status, **asked)


def work(run_id: int, folder: Path) -> None:
    """What the worker's process does."""
    run, content = run_of(run_id=run_id), file_of(run_id=run_id)
    assert run is not None
    assert content is not None
    report, refused = carried_out(run, content, folder)
    end_run(run_id=run_id, at=clock.now(), report=report, refused=refused)


def test_a_file_is_tried_by_a_job_and_waits_for_a_yes(office: Browser, tmp_path: Path) -> None:
    give(office, tmp_path)
    run = ImportRun.objects.get()
    assert (run.state, run.by_name, jobs()) == ("checking", "郑工", [run.pk])
    page = office.get(f"/imports/{run.pk}")
    assert "正在试读" in page
    assert 'hx-trigger="every 2s"' in page
    (tmp_path / "work").mkdir()
    work(run.pk, tmp_path / "work")
    page = office.get(f"/imports/{run.pk}")
    assert "还没有写入" in page
    assert "上报时间无法读取" in page
    assert "every 2s" not in page
    refused = office.client.get(f"/imports/{run.pk}/refused.csv")
    assert "unreadable_reported_at" in refused.content.decode("utf-8-sig")
    office.get(f"/imports/{run.pk}")
    office.send("take", 302, order="take")
    run.refresh_from_db()
    assert (run.state, jobs()) == ("running", [run.pk, run.pk])


def test_what_is_given_up_keeps_no_file(office: Browser, tmp_path: Path) -> None:
    give(office, tmp_path)
    run = ImportRun.objects.get()
    (tmp_path / "work").mkdir()
    work(run.pk, tmp_path / "work")
    office.get(f"/imports/{run.pk}")
    office.send("drop", 302, order="drop")
    run.refresh_from_db()
    assert (run.state, run.content) == ("failed", None)
    assert "已放弃" in office.get("/imports")


def test_a_wrong_mapping_or_no_file_is_told_on_the_form(office: Browser, tmp_path: Path) -> None:
    broken = SimpleUploadedFile("own.toml", b'title = "x"\n')
    give(office, tmp_path, 422, own=broken)
    assert "own.toml" in office.page
    give(office, tmp_path, 422, file=SimpleUploadedFile("empty.csv", b""))
    assert "请选择一个不超过" in office.page
    assert not ImportRun.objects.exists()


def test_other_posts_do_not_import(browser: Open) -> None:
    assert browser("acceptor-1").client.get("/imports").status_code == 403


def test_a_confirmed_run_is_not_confirmed_again(office: Browser, tmp_path: Path) -> None:
    give(office, tmp_path)
    run = ImportRun.objects.get()
    (tmp_path / "work").mkdir()
    work(run.pk, tmp_path / "work")
    office.get(f"/imports/{run.pk}")
    page = office.page
    office.send("take", 302, order="take")
    office.page = page
    office.send("take", 302, order="take")
    assert "不在等待确认" in office.page
    assert len(jobs()) == 2


def test_progress_and_failure_are_shown(office: Browser) -> None:
    run = keep_run(by=TERMINAL, at=clock.now(), kind=ImportKind.HISTORY, mapping="vendor_history", own_mapping="",
                   file_name="旧.zip", content=b"x")  # fmt: skip
    follow_run(run_id=run, at=clock.now(), done=40, total=100)
    page = office.get(f"/imports/{run}")
    assert 'value="40" max="100"' in page
    fail_run(run_id=run, at=clock.now(), message="压缩包已损坏")
    assert "压缩包已损坏" in office.get(f"/imports/{run}")
    assert office.client.get("/imports/999999").status_code == 404


def test_the_list_of_runs_costs_the_same_however_long_it_is(office: Browser) -> None:
    counts = []
    for _turn in range(2):
        for n in range(5):
            keep_run(by=TERMINAL, at=clock.now(), kind=ImportKind.REPORTS, mapping="la311", own_mapping="",
                     file_name=f"{n}.csv", content=b"x")  # fmt: skip
        office.get("/imports")
        with CaptureQueriesContext(connection) as asked:
            office.get("/imports")
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"state": "lost"}, "import_run_state_known"),
        ({"kind": "letters"}, "import_run_kind_known"),
        ({"done": -1}, "import_run_counts"),
        ({"state": "checked", "content": None}, "import_run_waits_with_its_file"),
        ({"changed_at": BEGAN}, "import_run_forward"),
    ],
)
def test_the_database_refuses_what_a_run_cannot_be(office: Browser, changes: dict[str, Any], constraint: str) -> None:
    run = keep_run(by=TERMINAL, at=clock.now(), kind=ImportKind.REPORTS, mapping="la311", own_mapping="",
                   file_name="a.csv", content=b"x")  # fmt: skip
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ImportRun.objects.filter(pk=run).update(**changes)
    assert ImportRun.objects.get(pk=run).state == ImportState.CHECKING


# ---- what a browser can give ---------------------------------------------------------------------------------------


def packed(*members: tuple[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in members:
            archive.writestr(name, data)
    return stream.getvalue()


def test_an_archive_is_laid_down_as_the_folder_it_holds(tmp_path: Path) -> None:
    where = lay_down(tmp_path, "导出.zip", packed(("导出/案卷.csv", b"a"), ("导出/附件/1.jpg", b"b")))
    assert sorted(str(p.relative_to(where)) for p in where.rglob("*") if p.is_file()) == ["案卷.csv", "附件/1.jpg"]


def test_an_archive_that_points_elsewhere_is_refused_whole(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="指向别处"):
        lay_down(tmp_path, "x.zip", packed(("a.csv", b"a"), ("../../evil.csv", b"b")))
    assert not (tmp_path.parent / "evil.csv").exists()


def test_a_torn_archive_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="重新打包"):
        lay_down(tmp_path, "x.zip", packed(("a.csv", b"a" * 5000))[:-60])


def test_a_single_file_keeps_its_name_and_no_path(tmp_path: Path) -> None:
    assert lay_down(tmp_path, "..\\..\\案卷.xlsx", b"x") == tmp_path / "案卷.xlsx"
