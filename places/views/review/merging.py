"""/pruefung/zusammenfuehren/: two entries side by side that become one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from places import clock
from places.facts import OF_PUBLICATION, differences, facts_of
from places.models import ENTRY_KINDS, Entry
from places.permissions import may_review
from places.reviewing.forms import MergeForm
from places.reviewing.merging import merge, refuse_impossible
from places.views.private import private_page
from places.views.review.refusal import refused


@private_page
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def merge_entries(request: HttpRequest, kind: str, kept_pk: int, other_pk: int) -> HttpResponse:
    """Say which facts stay, fact by fact, and merge; the first one in the address stays."""
    today = clock.today()
    entries = ENTRY_KINDS[kind].objects.with_territory()
    kept: Entry = get_object_or_404(entries, pk=kept_pk)
    other: Entry = get_object_or_404(entries, pk=other_pk)
    if not all(may_review(request.user, entry.municipality, today) for entry in (kept, other)):
        raise PermissionDenied
    stays, goes = differences(facts_of(kept), facts_of(other))
    facts = tuple({name: value for name, value in side.items() if name not in OF_PUBLICATION} for side in (stays, goes))
    posted = request.POST if request.method == "POST" else None
    help_text = _("Woran sehen Sie, dass beide dasselbe meinen? Geht an alle, die den anderen Eintrag betreuen.")
    form = MergeForm(posted, kept=kept, facts=(facts[0], facts[1]), help_text=help_text)
    if form.is_bound and form.is_valid():
        try:
            merge(kept, other, by=request.user, reason=form.cleaned_data["reason"], take=form.take(), today=today)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(
                request,
                _("„%(other)s“ ist in „%(kept)s“ aufgegangen.") % {"other": other.name, "kept": kept.name},
            )
            return redirect("review")
    return render(
        request,
        "places/review/merge.html",
        {
            "kept": kept,
            "other": other,
            "form": form,
            "contradicting": [form[name] for name in form.contradicting],
            "completing": [form[name] for name in form.names if name not in form.contradicting],
            "impossible": _impossible(kept, other),
            "may_turn": not _impossible(other, kept),
            **refused(form),
        },
        status=422 if form.errors else 200,
    )


def _impossible(kept: Entry, other: Entry) -> str:
    try:
        refuse_impossible(kept, other)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""
