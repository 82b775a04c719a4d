"""The page on which anybody says that something is wrong with an entry."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from places import clock
from places.care.forms import ReportForm
from places.care.reporting import report_entry
from places.models import ENTRY_KINDS, Entry, Stewardship
from places.throttling import may_send
from places.views.cared_for import Responsible, wrong

SENT = "gesendet"


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Report a published entry, without an account; afterwards it says what happens next."""
    entries: Any = ENTRY_KINDS[kind]._default_manager
    entry: Entry = get_object_or_404(entries.select_related("municipality__district", "municipality__state"), pk=pk)
    if successor := entry.successor():
        return redirect("report", kind, successor.pk)
    if not entry.is_published:
        raise Http404
    context = {
        "entry": entry,
        "crumbs": [(entry.name, entry.get_absolute_url()), (_("Etwas melden"), "")],
        "responsible": Responsible.of(entry, clock.today()),
        "is_cared_for": Stewardship.of(entry).exists(),
    }
    if request.method != "POST" and SENT in request.GET:
        return render(request, "places/care/report_sent.html", context)
    form = ReportForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound and not form.is_valid() else 200
    if form.is_bound and status == 200:
        asked = form.cleaned_data
        if may_send(request, "report", asked["email"]):
            report_entry(entry, kind=asked["kind"], text=asked["text"], email=asked["email"], today=clock.today())
            return redirect(f"{reverse('report', args=[kind, pk])}?{SENT}")
        form.add_error(None, _("Das waren viele Meldungen hintereinander. Bitte versuchen Sie es später wieder."))
        status = 429
    context |= {"form": form, **wrong(form)}
    return render(request, "places/care/report.html", context, status=status)
