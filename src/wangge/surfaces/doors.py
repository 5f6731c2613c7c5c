"""Every page and endpoint there is, by the name under which ``access.csv`` says who may open it.

A page's name is that of its address (with its namespace), or the dotted name of its view where the address has
none; an operation of the API is named by its id.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.urls import ResolverMatch, URLPattern, URLResolver, get_resolver
from ninja.operation import PathView

from wangge.standards.access import without_row
from wangge.standards.findings import Finding, gettext_noop
from wangge.standards.tables import Origin, Tables


def all_doors(urlconf: str | None = None) -> frozenset[str]:
    """The names of every page and endpoint of the address table."""
    return frozenset(_names(get_resolver(urlconf).url_patterns, ()))


def _names(patterns: Iterable[URLPattern | URLResolver], namespaces: tuple[str, ...]) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from _names(pattern.url_patterns, inner)
        else:
            yield from _names_of(pattern, namespaces)


def _names_of(pattern: URLPattern, namespaces: tuple[str, ...]) -> Iterator[str]:
    operations = _operations(pattern.callback)
    for name in operations or [pattern.name or dotted_name(pattern.callback)]:
        yield ":".join((*namespaces, name)) if operations or pattern.name else name


def _operations(view: object) -> list[str]:
    """The operation ids behind one address of the API; empty for a page."""
    owner = getattr(view, "__self__", None)
    if not isinstance(owner, PathView):
        return []
    return [operation.operation_id or operation.view_func.__name__ for operation in owner.operations]


def dotted_name(view: object) -> str:
    """The module and name of a view without a named address."""
    inner = getattr(view, "view_class", view)
    return f"{inner.__module__}.{getattr(inner, '__qualname__', type(inner).__qualname__)}"


def door_of(match: ResolverMatch) -> str:
    """The name of the page a request was resolved to; for pages, not for operations of the API."""
    return match.view_name if match.url_name else dotted_name(match.func)


def door_findings(tables: Tables) -> list[Finding]:
    """Pages and endpoints the table of access forgot: they are open to nobody."""
    at = Origin("access.csv", 0)
    return [Finding(at, _NO_ROW, _DO_ROW, {"name": name}) for name in sorted(without_row(all_doors(), tables))]


_NO_ROW = gettext_noop("页面或接口“%(name)s”没有一行。")
_DO_ROW = gettext_noop("请在 access.csv 写明谁可以打开它；没有行的一律不开放。")
