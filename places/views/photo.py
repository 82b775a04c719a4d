"""Photographs of an entry: the page on which they are added and removed, and the files themselves."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from places import clock
from places.care.forms import PhotoForm
from places.care.photographs import MOST_PER_ENTRY, add_photo, remove_photo
from places.care.stewardship import UNPUBLISHED
from places.models import Entry, Photo, tie
from places.permissions import may_see
from places.throttling import may_send
from places.views.cared_for import add_errors, care_context, entry_cared_for, wrong
from places.views.private import private_page

SIZES = {"gross": "image", "klein": "thumbnail"}
A_YEAR = 365 * 24 * 3600


@private_page
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def photos(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """The photographs of an entry, for whoever looks after it."""
    entry = entry_cared_for(request, kind, pk)
    if not entry.is_published and entry.publication not in UNPUBLISHED:
        return redirect("care", kind, pk)
    if "remove" in request.POST:
        return _removed(request, entry)
    form = PhotoForm(request.POST, request.FILES) if request.method == "POST" else PhotoForm()
    status = 422 if form.is_bound and not form.is_valid() else 200
    if form.is_bound and status == 200:
        status = _add(request, entry, form)
        if status == 302:
            messages.success(request, _("Das Foto ist hinzugefügt."))
            return redirect("photos", kind, pk)
    shown = list(Photo.of(entry))
    context = {
        **care_context(request, entry, _("Fotos")),
        "form": form,
        **wrong(form),
        "photos": shown,
        "most": MOST_PER_ENTRY,
        "is_full": len(shown) >= MOST_PER_ENTRY,
    }
    return render(request, "places/care/photos.html", context, status=status)


def _add(request: HttpRequest, entry: Entry, form: PhotoForm) -> int:
    if not may_send(request, "photo"):
        form.add_error(None, _("Das waren viele Fotos hintereinander. Bitte versuchen Sie es später wieder."))
        return 429
    asked = form.cleaned_data
    try:
        add_photo(
            entry,
            by=request.user,
            image=asked["image"],
            alternative_text=asked["alternative_text"],
            credit=asked["credit"],
            today=clock.today(),
        )
    except ValidationError as error:
        add_errors(form, error)
        return 422
    return 302


def _removed(request: HttpRequest, entry: Entry) -> HttpResponse:
    number = request.POST["remove"]
    pk = int(number) if number.isdecimal() and len(number) < 19 else 0
    remove_photo(get_object_or_404(Photo, pk=pk, **tie(entry)), by=request.user, today=clock.today())
    messages.success(request, _("Das Foto ist gelöscht."))
    return redirect("photos", entry.entry_kind, entry.pk)


@require_safe
def photo(request: HttpRequest, pk: int, size: str) -> HttpResponse:
    """One file: for everybody where the entry is public, and kept by whoever read it; else for who may see the entry.

    Raises Http404 for everybody else: an unpublished photograph is not there.
    """
    found = get_object_or_404(Photo.objects.select_related("place", "support", "space"), pk=pk)
    entry = found.entry
    if not entry.is_published and not may_see(request.user, entry, clock.today()):
        raise Http404
    try:
        with getattr(found, SIZES[size]).open("rb") as file:
            response = HttpResponse(file.read(), content_type="image/webp")
    except FileNotFoundError:
        raise Http404 from None
    response["Cache-Control"] = f"public, max-age={A_YEAR}, immutable" if entry.is_published else "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
