"""/pruefung/nachfolgen/: an administrator decides who succeeds whom, where no official list said it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from math import log2
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Min, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from places.models import BoundaryEdition, Municipality, Succession
from places.permissions import may_give_mandates
from places.reviewing.successions import decide_successions, edition_to_decide, proposed
from places.small_map import Outlines, outlines
from places.successors import UNAMBIGUOUS
from places.views.private import private_page

PER_PAGE = 25  # municipalities that are gone, each with a drawing
SCREEN = 600 / 256  # tiles of the map that are seen beside one another
CLOSEST = 13  # zoom of the map


@dataclass(frozen=True)
class Part:
    """A proposal, and what would go over by it, as figures that people can weigh."""

    row: Succession
    map_url: str
    area: str
    km2: float
    residents: str
    number: int | None  # of residents


@dataclass(frozen=True)
class Gone:
    """A municipality of the edition before, and who would take it over; the largest part first."""

    municipality: Municipality
    parts: list[Part]
    drawing: Outlines


@private_page
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def review_successions(request: HttpRequest) -> HttpResponse:
    """The proposals of an edition, drawn: confirm all, confirm or reject those that are ticked."""
    if not may_give_mandates(request.user):
        raise PermissionDenied
    edition = edition_to_decide()
    if request.method == "POST" and edition is not None:
        edition = BoundaryEdition.objects.filter(date__in=_days(request.POST.get("edition", ""))).first() or edition
        act = request.POST.get("act", "")
        chosen = [int(pk) for pk in request.POST.getlist("chosen") if pk.isascii() and pk.isdigit() and len(pk) < 18]
        if act == "all" or (act in ("confirm", "reject") and chosen):
            number = decide_successions(
                edition, by=request.user, confirm=act != "reject", chosen=None if act == "all" else chosen
            )
            said = (
                ngettext("Eine Nachfolge verworfen.", "%(number)s Nachfolgen verworfen.", number)
                if act == "reject"
                else ngettext("Eine Nachfolge bestätigt.", "%(number)s Nachfolgen bestätigt.", number)
            )
            messages.success(request, said % {"number": number})
        else:
            messages.warning(request, _("Es war nichts angekreuzt. Bitte kreuzen Sie an, worüber Sie entscheiden."))
        return redirect("review_successions")
    rows = proposed(edition)
    doubtful_first = (
        rows.values("predecessor_id").annotate(least=Min("area_share")).order_by("least", "predecessor__ags")
    )
    page = Paginator(doubtful_first, PER_PAGE).get_page(request.GET.get("seite", "1"))
    shown = [row["predecessor_id"] for row in page]
    context = {
        "edition": edition,
        "page": page,
        "gone": sorted(_gone(rows.filter(predecessor__in=shown)), key=lambda gone: shown.index(gone.municipality.pk)),
        "number": rows.count(),
        "unambiguous": UNAMBIGUOUS,
    }
    return render(request, "places/review/successions.html", context)


def _days(text: str) -> list[date]:
    """The day that a form names, as a list of it alone; none where it is no day."""
    try:
        return [date.fromisoformat(text)]
    except ValueError:
        return []


def _gone(rows: QuerySet[Succession]) -> Iterator[Gone]:
    together = rows.defer(None).order_by("predecessor_id", "-area_share", "successor__ags")
    for _pk, found in groupby(together, key=lambda row: row.predecessor_id):
        own = list(found)
        gone = own[0].predecessor
        areas = [gone.geometry, *(row.successor.geometry for row in own)]
        yield Gone(gone, [_part(row) for row in own], outlines(areas))


def _part(row: Succession) -> Part:
    gone = row.predecessor
    counted = row.resident_share is not None and gone.population is not None
    return Part(
        row=row,
        map_url=_on_the_map(row.successor),
        area=_area_in_words(row.area_share),
        km2=row.area_share * gone.area_km2,
        residents="" if row.resident_share is None else _residents_in_words(row.resident_share),
        number=round((row.resident_share or 0) * (gone.population or 0)) if counted else None,
    )


def _area_in_words(share: float) -> str:
    words = (
        _("ein kleiner Teil der Fläche"),
        _("ein Teil der Fläche"),
        _("etwa die Hälfte der Fläche"),
        _("der größte Teil der Fläche"),
        _("fast die ganze Fläche"),
        _("die ganze Fläche"),
    )
    return words[_step(share)]


def _residents_in_words(share: float) -> str:
    words = (
        _("kaum jemand von denen, die dort wohnen"),
        _("ein Teil derer, die dort wohnen"),
        _("etwa die Hälfte derer, die dort wohnen"),
        _("die meisten, die dort wohnen"),
        _("fast alle, die dort wohnen"),
        _("alle, die dort wohnen"),
    )
    return words[_step(share)]


def _step(share: float) -> int:
    """How much of the whole: a little, a part, half, most, nearly all, all."""
    return sum(share >= least for least in (0.1, 0.4, 0.6, 0.9, 0.995))


def _on_the_map(municipality: Municipality) -> str:
    """The address of the map with this municipality chosen and in the middle."""
    west, south, east, north = municipality.geometry.extent
    wide = max(east - west, 1.6 * (north - south), 1e-3)  # a degree of latitude is so much longer here
    view = {
        "ags": municipality.ags,
        "z": min(CLOSEST, int(log2(360 * SCREEN / wide))),
        "lat": round((south + north) / 2, 4),
        "lon": round((west + east) / 2, 4),
    }
    return f"{reverse('map')}?{urlencode(view)}"
