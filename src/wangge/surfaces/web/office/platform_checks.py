"""Judges the platform's state for the maintenance page: each thing watched, how it stands and what to do about it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from wangge.domains.hotline.queries.orders import dead_count
from wangge.domains.platform.models import UpkeepKind
from wangge.domains.replies.queries import standing as answers_by_channel
from wangge.groundwork import clock
from wangge.surfaces.watching import state
from wangge.surfaces.web.command.answering import channel_names
from wangge.surfaces.web.elements.drawing.marks import full_moment
from wangge.surfaces.web.office.platform_pages import CheckGroup, CheckRow, Standing

DISK_WATCH, DISK_BAD = 20, 10
"""Per cent free."""
BACKUP_WATCH, BACKUP_BAD = timedelta(hours=36), timedelta(days=3)
REHEARSED_WATCH, REHEARSED_BAD = timedelta(days=40), timedelta(days=100)
CERTIFICATE_WATCH, CERTIFICATE_BAD = timedelta(days=30), timedelta(days=7)
CALENDAR_WATCH, CALENDAR_BAD = 60, 14
LAG_WATCH, LAG_BAD = 120, 900
JOB_WATCH, JOB_BAD = 300, 1800
UNDELIVERED_WATCH = 10
"""One in so many: some numbers are always wrong."""
BEAT_BAD = timedelta(minutes=5)


def groups(at: datetime) -> tuple[CheckGroup, ...]:
    """Everything watched, in the order a technician looks."""
    return (
        CheckGroup(_("运行"), (_beat(at), *_of_database())),
        CheckGroup(_("任务与发件箱"), (*_jobs(at), *_outbox(at))),
        CheckGroup(_("对外发送"), (*_replies(), _hotline())),
        CheckGroup(_("磁盘"), _of_disks()),
        CheckGroup(_("备份"), (_log(at), _backup(at), _rehearsed(at))),
        CheckGroup(_("证书与工作日历"), (_certificate(at), _calendar(at))),
    )


def _standing(value: float, watch: float, bad: float) -> Standing:
    """Where more is worse."""
    return Standing.BAD if value >= bad else Standing.WATCH if value >= watch else Standing.GOOD


def _beat(at: datetime) -> CheckRow:
    _first, last = state.beats()
    label = _("最近一次自检")
    if last is None:
        return CheckRow(label, Standing.BAD, _("尚无"), _("任务服务没有运行：请用 wangge serve 启动。"))
    bad = at - last > BEAT_BAD
    advice = _("任务服务或网页服务没有应答：请查看服务日志。") if bad else ""
    return CheckRow(label, Standing.BAD if bad else Standing.GOOD, full_moment(last), advice)


def _of_database() -> tuple[CheckRow, ...]:
    found = state.database()
    share = 100 * found.connections / max(1, found.most_connections)
    standing = _standing(share, 80, 95)
    return (
        CheckRow(_("数据库大小"), Standing.GOOD, _size(found.size_bytes)),
        CheckRow(
            _("数据库连接"), standing, f"{found.connections} / {found.most_connections}",
            "" if standing is Standing.GOOD else _("连接将用尽：请调大 max_connections，或减少网页进程。"),
        ),
    )  # fmt: skip


def _jobs(at: datetime) -> tuple[CheckRow, ...]:
    found = state.database()
    waits = max(0.0, (at - found.oldest_job_at).total_seconds()) if found.oldest_job_at else 0.0
    standing = _standing(waits, JOB_WATCH, JOB_BAD)
    failed = Standing.WATCH if found.jobs_failed else Standing.GOOD
    return (
        CheckRow(
            _("等待的任务"), standing, _("%(number)s 个") % {"number": found.jobs_waiting},
            "" if standing is Standing.GOOD else _("任务积压：请查看任务服务的日志。"),
        ),
        CheckRow(
            _("近三日失败的任务"), failed, _("%(number)s 个") % {"number": found.jobs_failed},
            _("原因在任务服务的日志里。") if found.jobs_failed else "",
        ),
    )  # fmt: skip


def _outbox(at: datetime) -> tuple[CheckRow, ...]:
    lags = state.outbox_lags(at)
    worst = max(lags, key=lambda each: each.seconds, default=None)
    seconds = worst.seconds if worst is not None else 0.0
    standing = _standing(seconds, LAG_WATCH, LAG_BAD)
    value = _("待处理 %(facts)s 条，最久 %(seconds)s 秒") % {
        "facts": f"{sum(each.facts for each in lags):,}", "seconds": f"{seconds:,.0f}"
    }  # fmt: skip
    advice = _("落后的是 %(who)s。") % {"who": worst.consumer} if worst and standing is not Standing.GOOD else ""
    return (CheckRow(_("发件箱"), standing, value, advice),)


def _replies() -> tuple[CheckRow, ...]:
    """Answers to citizens of the last month, by the channels that have had any."""
    names = channel_names()
    rows = []
    for line in answers_by_channel():
        value = (
            _("待发 %(waiting)s，已发 %(sent)s（其中送达 %(delivered)s，未送达 %(undelivered)s），放弃 %(put_aside)s")
            % line
        )
        advice = ""
        told = line["delivered"] + line["undelivered"]
        if told and UNDELIVERED_WATCH * line["undelivered"] >= told:
            advice = _("未送达的可改以电话答复：案卷与来信页上有说明，清单见 wangge replies undelivered。")
        elif line["waiting"] and line["last_error"]:
            advice = _("最近一次失败：%(why)s") % {"why": line["last_error"]}
        rows.append(CheckRow(names[line["channel"]], Standing.WATCH if advice else Standing.GOOD, value, advice))
    return tuple(rows) or (CheckRow(_("答复诉求人"), Standing.GOOD, _("尚无")),)


def _hotline() -> CheckRow:
    number = dead_count()
    return CheckRow(
        _("热线未送达的报文"), Standing.WATCH if number else Standing.GOOD, _("%(number)s 条") % {"number": number},
        _("请在“热线工单”的未送达列表中重发。") if number else "",
    )  # fmt: skip


def _of_disks() -> tuple[CheckRow, ...]:
    names = {"city": _("城市数据"), "backups": _("连续备份"), "anchors": _("锚定文件")}
    rows = []
    for disk in state.disks():
        free = 100 * disk.free_bytes / disk.total_bytes if disk.total_bytes else 0.0
        standing = _standing(100 - free, 100 - DISK_WATCH, 100 - DISK_BAD)
        value = _("余 %(free)s，共 %(total)s") % {"free": _size(disk.free_bytes), "total": _size(disk.total_bytes)}
        advice = "" if standing is Standing.GOOD else _("请腾出空间：%(path)s") % {"path": disk.path}
        rows.append(CheckRow(names[disk.name], standing, value, advice))
    return tuple(rows)


def _log(at: datetime) -> CheckRow:
    label, found = _("日志归档"), state.database()
    if not settings.ENVIRONMENT.embedded:
        return CheckRow(label, Standing.GOOD, _("由数据库服务器自行负责"))
    if not found.archives_log:
        return CheckRow(label, Standing.WATCH, _("未启用"), _("请设置 WANGGE_BACKUPS，使数据可恢复到任意时刻。"))
    if found.log_failing:
        return CheckRow(label, Standing.BAD, _("写不进去"), _("请检查连续备份目录；久之日志会堆满磁盘。"))
    return CheckRow(label, Standing.GOOD, full_moment(found.log_kept_at))


def _backup(at: datetime) -> CheckRow:
    made = [line for kind in (UpkeepKind.BASE, UpkeepKind.DUMP) if (line := state.last_good(kind)) is not None]
    label = _("最近一次备份")
    if not made:
        return CheckRow(label, Standing.BAD, _("尚无"), _("请运行 wangge backup --base，并设为每夜进行。"))
    last = max(made, key=lambda each: each.at)
    standing = _standing((at - last.at).total_seconds(), BACKUP_WATCH.total_seconds(), BACKUP_BAD.total_seconds())
    advice = "" if standing is Standing.GOOD else _("备份已旧：请检查定时任务。")
    return CheckRow(label, standing, f"{full_moment(last.at)} · {last.kind.label}", advice)


def _rehearsed(at: datetime) -> CheckRow:
    label, last = _("最近一次恢复演练"), state.last_good(UpkeepKind.REHEARSAL)
    newest = state.upkeep().get(UpkeepKind.REHEARSAL)
    if newest is not None and not newest.well:
        return CheckRow(label, Standing.BAD, full_moment(newest.at), _("最近一次演练没有成功：备份可能不可用。"))
    if last is None:
        return CheckRow(label, Standing.BAD, _("尚无"), _("没有恢复过的备份不算备份：请运行 wangge rehearse。"))
    age = (at - last.at).total_seconds()
    standing = _standing(age, REHEARSED_WATCH.total_seconds(), REHEARSED_BAD.total_seconds())
    value = _("%(when)s，核对 %(cases)s 件案卷") % {
        "when": full_moment(last.at), "cases": f"{int(last.detail.get('cases', 0)):,}"
    }  # fmt: skip
    return CheckRow(label, standing, value, "" if standing is Standing.GOOD else _("请再演练一次：wangge rehearse。"))


def _certificate(at: datetime) -> CheckRow:
    label, found = _("证书有效期"), state.certificate()
    if found is None:
        return CheckRow(label, Standing.WATCH, _("未设置"), _("请把 WANGGE_CERTIFICATE 设为代理所用的证书文件。"))
    if found.ends_at is None:
        return CheckRow(label, Standing.BAD, _("读不出"), _("读不出 %(path)s。") % {"path": found.path})
    left = found.ends_at - at
    standing = Standing.BAD if left < CERTIFICATE_BAD else Standing.WATCH if left < CERTIFICATE_WATCH else Standing.GOOD
    advice = "" if standing is Standing.GOOD else _("请更换证书。")
    return CheckRow(label, standing, _("至 %(when)s") % {"when": full_moment(found.ends_at)}, advice)


def _calendar(at: datetime) -> CheckRow:
    label, covered = _("工作日历"), state.calendar_covered_to()
    if covered is None:
        return CheckRow(label, Standing.BAD, _("读不出"), _("请运行 wangge standards check。"))
    left = (covered - at.astimezone(clock.CITY_ZONE).date()).days
    standing = Standing.BAD if left < CALENDAR_BAD else Standing.WATCH if left < CALENDAR_WATCH else Standing.GOOD
    advice = "" if standing is Standing.GOOD else _("请把下一年的放假安排写进 calendars/cn_days.csv。")
    return CheckRow(label, standing, _("至 %(when)s") % {"when": f"{covered:%Y-%m-%d}"}, advice)


def _size(count: int) -> str:
    for unit, size in (("TiB", 2**40), ("GiB", 2**30), ("MiB", 2**20)):
        if count >= size:
            return f"{count / size:,.1f} {unit}"
    return f"{count / 2**10:,.0f} KiB"
