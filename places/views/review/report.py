"""/pruefung/meldungen/<id>/: what somebody reported, and what became of it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from places import clock
from places.models import Change, Report
from places.permissions import may_review
from places.reviewing.deciding import OutdatedError
from places.reviewing.decisions import handle_report
from places.reviewing.forms import OUTCOMES, WordsForm
from places.reviewing.queue import of_entries
from places.views.private import private_page
from places.views.review.refusal import refused
from places.views.review.telling import told


@private_page
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def report_review(request: HttpRequest, pk: int) -> HttpResponse:
    """Look at a report, and close it with a word to whoever left an address."""
    today = clock.today()
    report = get_object_or_404(of_entries(Report.objects.all()), pk=pk)
    entry = report.entry
    if not may_review(request.user, entry.municipality, today):
        raise PermissionDenied
    form = WordsForm(
        request.POST if request.method == "POST" else None,
        sentences=OUTCOMES,
        label=_("Was ist daraus geworden?"),
        missing=_("Bitte schreiben Sie, was daraus wurde."),
    )
    status = 200
    if form.is_bound:
        status = 422
        try:
            if form.is_valid():
                handle_report(report, by=request.user, outcome=form.text(), today=today)
                messages.success(request, _("Die Meldung zu „%s“ ist erledigt.") % entry.name)
                return redirect("review")
        except OutdatedError as error:
            messages.warning(request, str(error))
            status = 409
            report.refresh_from_db()
        except ValidationError as error:
            form.add_error(None, error)
    record = told(Change.of_entry(entry)[:20], to_reviewer=True)
    context = {"report": report, "entry": entry, "form": form, "record": record, **refused(form)}
    return render(request, "places/review/report.html", context, status=status)
