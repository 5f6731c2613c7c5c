"""What the collectors' app says: the script has no words of its own, so that both languages come from one place."""

from __future__ import annotations

from django.utils.translation import gettext as _


def words() -> dict[str, str]:
    """Every text by its key; ``{n}`` and other names in braces are filled by the script."""
    return {**_bar(), **_report(), **_queue(), **_tasks(), **_things(), **_mine()}


def _bar() -> dict[str, str]:
    return {
        "counts": _("已存 {kept} · 已送 {sent}"),
        "refused_count": _("{n} 件未被接受"),
        "offline": _("无网络，照常使用，联网后自动发送"),
        "sending": _("正在发送……"),
        "ended": _("登录已结束。已存的内容都在本机，登录后继续发送。"),
        "nobody": _("请先联网登录一次，之后没有网络也能使用。"),
        "other": _("本机另有 {n} 件由他人保存，等其本人登录后发送。"),
        "server_away": _("服务暂时不可用，稍后自动重试。"),
        "insecure": _("此地址没有加密连接（https），浏览器不允许离线使用与定位。请用加密地址打开。"),
        "storage_full": _("本机存储空间不足，没有存下。请清理手机空间后再试；已存的内容不受影响。"),
    }


def _report() -> dict[str, str]:
    return {
        "saved": _("已存下"),
        "saved_detail": _("联网后自动发送。可以接着报下一件。"),
        "need_photo": _("请先拍处置前照片。"),
        "need_after": _("自行处置须有处置后照片。"),
        "need_category": _("请选小类。"),
        "need_place": _("还没有位置。请重新定位、用照片位置，或在地图上点选。"),
        "need_answer": _("请填写“{name}”。"),
        "locating": _("正在定位……"),
        "place_device": _("本机定位，误差约 {metres} 米，{time}"),
        "place_photo": _("照片中的位置，拍摄于 {time}"),
        "place_map": _("在地图上点选"),
        "place_typed": _("手填坐标"),
        "no_position": _("没有取得定位。"),
        "locate": _("重新定位"),
        "pick": _("在地图上点选"),
        "east": _("东经"),
        "north": _("北纬"),
        "take_photo": _("拍照：{name}"),
        "from_album": _("从相册选"),
        "coarse": _("误差较大，请到空旷处重新定位或在地图上点选。"),
        "photo_place_differs": _("照片位置与定位相距 {metres} 米，请核对。"),
        "use_photo_place": _("用照片位置"),
        "photo_unreadable": _("这个文件不是能识别的照片，没有加入。"),
        "too_many": _("最多 {n} 张。"),
        "remove": _("去掉"),
        "photo_of": _("照片 {n}"),
        "draft_back": _("已恢复上次没有报完的内容。"),
        "mending": _("正在修改未被接受的上报：{why}"),
        "self_handled": _("自行处置"),
        "report": _("上报"),
    }


def _queue() -> dict[str, str]:
    return {
        "waiting": _("等待发送"),
        "refused": _("未被接受"),
        "sent": _("已送"),
        "none_waiting": _("没有等待发送的内容。"),
        "mend": _("修改后再送"),
        "again": _("再送一次"),
        "drop": _("删除"),
        "drop_sure": _("再点一次确认删除"),
        "photos_n": _("{n} 张照片"),
        "kept_at": _("{time} 存下"),
        "sent_at": _("{time} 已送"),
        "open": _("查看案卷"),
        "photo_progress": _("照片已传 {percent}%"),
    }


def _tasks() -> dict[str, str]:
    return {
        "no_tasks": _("没有待办的核实、核查任务。"),
        "tasks_as_of": _("（{time} 更新）"),
        "route": _("按步行先后排列，全程约 {metres}"),
        "route_unknown": _("按剩余时间排列；取得定位后按步行先后排列。"),
        "metres": _("{n} 米"),
        "kilometres": _("{n} 公里"),
        "task_waits": _("已填，等待发送"),
        "back": _("返回任务"),
        "no_verbs": _("这项任务现在没有可办的操作，请联网刷新。"),
    }


def _things() -> dict[str, str]:
    return {
        "things": _("本网格部件 {n} 个，{time} 取得。点图上的点，或从下面离您最近的选。"),
        "things_none": _("还没有本网格的部件。当班时联网打开一次，之后没有网络也能看。"),
        "thing_report": _("报这个部件"),
        "place_thing": _("部件 {name} {code} 的位置"),
    }


def _mine() -> dict[str, str]:
    return {
        "no_own": _("您还没有上报过。"),
        "grid": _("当班网格"),
        "no_grid": _("此刻没有排班"),
        "map_none": _("没有地图数据。联网打开一次后，没有网络也能看。"),
    }
