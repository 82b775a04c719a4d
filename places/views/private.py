"""What pages have in common that only the person with the link may see, and the answer to too many forms."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

View = Callable[..., HttpResponse]


def private_page(view: View) -> View:
    """Found by no search engine, kept in no cache, its address told to no other site.

    Not ``no-referrer``: with it browsers send ``Origin: null``, and no form would pass Django's check.
    """

    @never_cache
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers["Referrer-Policy"] = "same-origin"
        return response

    return answer


def errors_of(*listed: BaseForm) -> list[tuple[str, Any, Any]]:
    """What is wrong in these forms, as components/error_summary.html lists it: id, label and errors of each field."""
    return [
        (form[name].id_for_label or form[name].auto_id, form[name].label, errors)
        for form in listed
        if form.is_bound
        for name, errors in form.errors.items()
        if name in form.fields
    ]


def too_many(request: HttpRequest) -> HttpResponse:
    """The page for whoever sent too many forms."""
    response = render(request, "places/register/too_many.html", status=429)
    response.headers["Retry-After"] = "3600"
    return response
