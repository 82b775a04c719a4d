"""The page behind the link of an invitation: who asks for what. Mail programs open links, so accepting is a button."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from places import clock
from places.care.invitations import VALID_DAYS, accept_invitation, read_invitation
from places.views.private import private_page

GONE = 410


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Accept an invitation without signing in: whoever has the link reads the mailbox that was invited."""
    today = clock.today()
    asked = read_invitation(token, today)
    if request.method == "POST" and asked is not None:
        entry = accept_invitation(token, language=get_language() or "de", today=today)
        if entry is not None:
            return render(request, "places/care/invitation_accepted.html", {"entry": entry, "asked": asked})
    if asked is None:
        return render(request, "places/care/link_gone.html", {"days": VALID_DAYS, "is_invitation": True}, status=GONE)
    return render(request, "places/care/invitation.html", {"entry": asked.entry, "asked": asked})
