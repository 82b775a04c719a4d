"""Tells whoever caused a mail that it did not leave, where no queue keeps it (TASKS=immediate). Never breaks a page."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from places.tasks import took_undelivered


class UndeliveredMiddleware:
    """After a form whose mail failed, a page says so first; from there it goes on where the answer would have led."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        took_undelivered()
        response = self.get_response(request)
        if not took_undelivered() or request.method != "POST" or response.status_code >= 400:
            return response
        told = render(request, "pages/undelivered.html", {"onward": response.get("Location", "")})
        told.cookies = response.cookies
        return told
