"""/pruefung/nachfolgen/: an administrator decides who succeeds whom, where no official list said it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from places.models import BoundaryEdition
from places.permissions import may_give_mandates
from places.reviewing.successions import decide_successions, proposed
from places.successors import UNAMBIGUOUS
from places.views.private import private_page

PER_PAGE = 100


@private_page
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def review_successions(request: HttpRequest) -> HttpResponse:
    """The proposals of the current edition: confirm all, confirm or reject those that are ticked."""
    if not may_give_mandates(request.user):
        raise PermissionDenied
    edition = BoundaryEdition.objects.current()
    if request.method == "POST" and edition is not None:
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
    page = Paginator(proposed(edition), PER_PAGE).get_page(request.GET.get("seite", "1"))
    context = {"edition": edition, "page": page, "unambiguous": UNAMBIGUOUS}
    return render(request, "places/review/successions.html", context)
