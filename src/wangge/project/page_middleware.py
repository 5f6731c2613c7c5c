"""What pages need around them and the doors of machines do not: sessions, CSRF, language, sign-in, CSP.

Every millisecond of the API counts, and its callers bring a token with each request: for the paths of
``settings.MACHINE_PATHS`` the whole chain of ``settings.PAGE_MIDDLEWARE`` is passed by with one comparison.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.module_loading import import_string

from wangge.groundwork.slow_bodies import let_others_ask

Handler = Callable[[HttpRequest], HttpResponseBase]


class PageMiddleware:
    """Holds the chain of the pages and hands on the hooks of its parts."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.machine_paths = tuple(settings.MACHINE_PATHS)
        self.view_hooks: list[Callable[..., HttpResponseBase | None]] = []
        self.template_hooks: list[Callable[..., Any]] = []
        self.exception_hooks: list[Callable[..., HttpResponseBase | None]] = []
        self.pages = self._chain(get_response)

    def _chain(self, innermost: Handler) -> Handler:
        """Built from the inside outwards, hooks in the order Django's own handler calls them."""
        handler = innermost
        for name in reversed(settings.PAGE_MIDDLEWARE):
            try:
                part = import_string(name)(handler)
            except MiddlewareNotUsed:
                continue
            if hasattr(part, "process_view"):
                self.view_hooks.insert(0, part.process_view)
            if hasattr(part, "process_template_response"):
                self.template_hooks.append(part.process_template_response)
            if hasattr(part, "process_exception"):
                self.exception_hooks.append(part.process_exception)
            handler = cast(Handler, convert_exception_to_response(part))
        return handler

    def _is_machine(self, request: HttpRequest) -> bool:
        return request.path_info.startswith(self.machine_paths)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pages go through the chain, machines straight to the view."""
        if not self._is_machine(request):
            return self.pages(request)
        response = self.get_response(request)
        if isinstance(response, HttpResponse) and not response.has_header("Content-Length"):
            response["Content-Length"] = str(len(response.content))
        return response

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponseBase | None:
        """The view hooks of the chain, for pages."""
        if self._is_machine(request):
            return None
        if request.method == "POST":
            let_others_ask(request)  # the CSRF check reads the form
        return next((found for hook in self.view_hooks if (found := hook(request, *view)) is not None), None)

    def process_template_response(self, request: HttpRequest, response: Any) -> Any:
        """The template hooks of the chain, for pages."""
        if not self._is_machine(request):
            for hook in self.template_hooks:
                response = hook(request, response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """The exception hooks of the chain, for pages."""
        if self._is_machine(request):
            return None
        return next((found for hook in self.exception_hooks if (found := hook(request, exception)) is not None), None)
