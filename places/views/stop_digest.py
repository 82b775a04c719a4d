"""Stops the digest mails by a link: the button of a page, or a mail program's one-click (RFC 8058)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from places.upkeep.digests import reader_of, stop_digest


# Exempt: a mail program sends the form without a cookie. What allows it is the signed link, and it can do only this.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop_digest_page(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, and changes nothing, since mail scanners open links; POST stops."""
    reader = reader_of(token)
    if reader is None:
        return render(request, "places/stop_digest.html", {"state": "unknown"}, status=404)
    if request.method == "POST":
        stop_digest(reader)
        return render(request, "places/stop_digest.html", {"state": "stopped"})
    return render(request, "places/stop_digest.html", {"state": "asked"})
