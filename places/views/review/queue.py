"""/pruefung/: what lies before a reviewer, and publishing several at once."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from places import clock
from places.models import Mandate, Submission
from places.permissions import may_give_mandates
from places.reviewing.decisions import publish_several
from places.reviewing.queue import PER_PAGE, queue, unattended
from places.reviewing.successions import edition_to_decide, proposed
from places.views.private import private_page


@private_page
@login_required
@require_http_methods(["GET", "HEAD"])
def review(request: HttpRequest) -> HttpResponse:
    """The queue of whoever asks; for administrators also where something waits and nobody reviews."""
    today = clock.today()
    mandates = list(Mandate.objects.of(request.user).in_force(today))
    gives_mandates = may_give_mandates(request.user)
    return render(
        request,
        "places/review/queue.html",
        {
            "mandates": mandates,
            "queue": queue(request.user, today, request.GET.get("seite", "1")) if mandates else None,
            "gives_mandates": gives_mandates,
            "proposed_successions": proposed(edition_to_decide()).count() if gives_mandates else 0,
            "unattended": unattended(today) if gives_mandates else [],
        },
    )


@private_page
@login_required
@require_http_methods(["POST"])
def decide_several(request: HttpRequest) -> HttpResponse:
    """Publish what was ticked, as far as nobody has to look at it; say what became of each."""
    ids = [int(pk) for pk in request.POST.getlist("submission") if pk.isdigit()][:PER_PAGE]
    chosen = Submission.objects.filter(pk__in=ids).order_by("waiting_since", "pk")
    outcomes = publish_several(chosen, by=request.user, today=clock.today())
    if number := sum(outcome.is_published for outcome in outcomes):
        done = ngettext("Eine Vorlage ist veröffentlicht.", "%d Vorlagen sind veröffentlicht.", number)
        messages.success(request, done % number if "%d" in done else done)
    for outcome in outcomes:
        if not outcome.is_published:
            messages.warning(
                request,
                _("„%(name)s“ ist nicht veröffentlicht: %(why)s")
                % {"name": outcome.submission.entry.name, "why": outcome.obstacle},
            )
    if not outcomes:
        messages.warning(request, _("Sie haben nichts ausgewählt."))
    return redirect("review")
