"""The command ``wangge user``: people, their posts and passwords, by the operator at the machine."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from wangge.project.opening import open_city
from wangge.project.words import _

if TYPE_CHECKING:
    from wangge.domains.organizations.models import Person

LEAST_PASSWORD = 8


@click.group(help=_("人员、岗位与密码。"))
def user() -> None:
    """The group of the verbs below."""


@user.command(help=_("新建人员并授予岗位；密码从标准输入读取一行。"))
@click.argument("name")
@click.option("--post", "posts", multiple=True, required=True, metavar="POST", help=_("岗位代码，可写多次。"))
@click.option("--department", metavar="CODE", help=_("责任单位代码。"))
@click.option("--district", metavar="CODE", help=_("六位区划代码；不写为全市。"))
@click.option("--display-name", default="", metavar="TEXT", help=_("显示的姓名；不写用用户名。"))
@click.option("--phone", metavar="NUMBER", help=_("电话。"))
@click.option("--password-stdin", is_flag=True, help=_("从标准输入读取密码；不写则此人不能用密码登录。"))
@click.option("--must-change", is_flag=True, help=_("首次登录须修改密码。"))
def add(
    *,
    name: str,
    posts: tuple[str, ...],
    department: str | None,
    district: str | None,
    display_name: str,
    phone: str | None,
    password_stdin: bool,
    must_change: bool,
) -> None:
    """Make a person with one post or several in the same unit or district."""
    password = _password_from_stdin() if password_stdin else None
    with open_city():
        from wangge.domains.organizations.logic import TERMINAL, Holding
        from wangge.domains.organizations.operations.people import add_person
        from wangge.groundwork import clock
        from wangge.project.commands.refusing import refusals_shown

        with refusals_shown():
            person = add_person(
                by=TERMINAL,
                at=clock.now(),
                username=name,
                display_name=display_name,
                password=password,
                posts=tuple(Holding(post, department, district) for post in dict.fromkeys(posts)),
                phone=phone,
                must_change_password=must_change,
            )
        click.echo(person.username)


@user.command(help=_("给已有人员再授予一个岗位。"))
@click.argument("name")
@click.option("--post", required=True, metavar="POST", help=_("岗位代码。"))
@click.option("--department", metavar="CODE", help=_("责任单位代码。"))
@click.option("--district", metavar="CODE", help=_("六位区划代码；不写为全市。"))
def grant(*, name: str, post: str, department: str | None, district: str | None) -> None:
    """Give a further post from now on."""
    with open_city():
        from wangge.domains.organizations.logic import TERMINAL, Holding
        from wangge.domains.organizations.operations.people import grant_post
        from wangge.groundwork import clock
        from wangge.project.commands.refusing import refusals_shown

        with refusals_shown():
            holding = Holding(post, department, district)
            grant_post(by=TERMINAL, at=clock.now(), person=_person(name), holding=holding)


@user.command(help=_("即刻收回岗位。"))
@click.argument("name")
@click.option("--post", required=True, metavar="POST", help=_("岗位代码。"))
def end(*, name: str, post: str) -> None:
    """End a post at once."""
    with open_city():
        from wangge.domains.organizations.logic import TERMINAL
        from wangge.domains.organizations.operations.people import end_post
        from wangge.groundwork import clock
        from wangge.project.commands.refusing import refusals_shown

        with refusals_shown():
            end_post(by=TERMINAL, at=clock.now(), person=_person(name), post=post)


@user.command(help=_("重置密码；从标准输入读取一行，下次登录须修改。"))
@click.argument("name")
def password(*, name: str) -> None:
    """Reset a password."""
    given = _password_from_stdin()
    with open_city():
        from wangge.domains.organizations.logic import TERMINAL
        from wangge.domains.organizations.operations.people import reset_password
        from wangge.groundwork import clock
        from wangge.project.commands.refusing import refusals_shown

        with refusals_shown():
            reset_password(by=TERMINAL, at=clock.now(), person=_person(name), password=given)


@user.command(name="list", help=_("列出人员与现任岗位。"))
@click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 文档。"))
def list_people(*, as_json: bool) -> None:
    """Print every person with the posts held now."""
    with open_city():
        from wangge.domains.organizations.queries import people_with_posts
        from wangge.groundwork import clock

        people = people_with_posts(at=clock.now())
    if as_json:
        found = [
            {
                "username": person.username,
                "display_name": person.display_name,
                "active": person.is_active,
                "posts": [
                    {"post": h.post, "department": h.department_code, "district": h.district_code}
                    for h in person.holdings
                ],
            }
            for person in people
        ]
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for person in people:
        posts = " ".join(
            ":".join(part for part in (h.post, h.department_code, h.district_code) if part) for h in person.holdings
        )
        click.echo(f"{person.username}\t{person.display_name}\t{posts}")


def _person(name: str) -> Person:
    from wangge.domains.organizations.policies import Refused
    from wangge.domains.organizations.queries import person_named

    found = person_named(name)
    if found is None:
        raise Refused(_("没有用户 %(name)s。请先用 wangge user add 建立。") % {"name": name})
    return found


def _password_from_stdin() -> str:
    """One line of the standard input, its line end taken off; too short a one is wrong use."""
    given = sys.stdin.readline().rstrip("\r\n")
    if len(given) < LEAST_PASSWORD:
        raise click.UsageError(_("密码至少 %(least)s 个字符，从标准输入读取一行。") % {"least": LEAST_PASSWORD})
    return given
