"""One's own keys to the API: which there are, making one (shown once), revoking. The verbs: places/tokens.py."""

from datetime import timedelta
from typing import cast

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from places import clock
from places.models import ApiToken
from places.models.token import LONGEST_NAME
from places.permissions import is_reviewer
from places.throttling import may_send
from places.tokens import make_token, revoke_token
from places.views.private import private_page, too_many

DAYS = {
    "30": gettext_lazy("30 Tage"),
    "90": gettext_lazy("90 Tage"),
    "365": gettext_lazy("ein Jahr"),
    "730": gettext_lazy("zwei Jahre"),
}


class TokenForm(forms.Form):
    """What a new key is for and how long it holds."""

    name = forms.CharField(
        label=gettext_lazy("Wofür?"),
        max_length=LONGEST_NAME,
        help_text=gettext_lazy("Daran erkennen Sie ihn wieder, zum Beispiel „Website des Vereins“."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    ends_on = forms.ChoiceField(
        label=gettext_lazy("Wie lange soll er gelten?"),
        choices=list(DAYS.items()),
        initial="365",
        help_text=gettext_lazy("Danach öffnet er nichts mehr. Widerrufen können Sie ihn jederzeit."),
    )


@private_page
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required(app="allauth.account")
def tokens(request: HttpRequest) -> HttpResponse:
    """My keys. A new one is shown in the answer to its making and never again: it is stored nowhere."""
    owner, today = cast(User, request.user), clock.today()
    if "revoke" in request.POST:
        pk = request.POST["revoke"]
        if pk.isdecimal() and len(pk) < 19 and revoke_token(owner, int(pk)):
            messages.success(request, _("Der Schlüssel ist widerrufen. Er öffnet nichts mehr."))
        return redirect("tokens")
    form = TokenForm(request.POST if request.method == "POST" else None)
    made = ""
    if form.is_valid():
        if not may_send(request, "token"):
            return too_many(request)
        ends_on = today + timedelta(days=int(form.cleaned_data["ends_on"]))
        try:
            made = make_token(owner, name=form.cleaned_data["name"], ends_on=ends_on, today=today)
        except ValidationError as error:
            form.add_error(None, error)
    return render(
        request,
        "account/tokens.html",
        {
            "form": TokenForm() if made else form,
            "made": made,
            "command": f'curl -H "Authorization: Bearer {made}" "{request.build_absolute_uri(_first_address())}"',
            "tokens": [(token, token.ends_on < today) for token in ApiToken.objects.filter(owner=owner)],
            "is_reviewer": is_reviewer(owner, today),
        },
        status=422 if form.errors else 200,
    )


def _first_address() -> str:
    """What the line to try asks for: one's own submissions, which nobody reads without a key."""
    return reverse("api:submission-list")
