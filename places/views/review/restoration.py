"""Setting back to how it stood before a line of the record: first shown, then done. For entries and municipalities."""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from places import wording
from places.models import Change
from places.reviewing.deciding import OutdatedError
from places.reviewing.forms import ReasonForm
from places.reviewing.restoring import restore, to_restore
from places.views.review.telling import fact_lines, model_of

ASKED = "zurueck"  # of the address: the line of the record


@dataclass(frozen=True)
class Restoration:
    """What setting back would change, or why it cannot be done, and the form that does it."""

    change: Change
    lines: list[wording.Line]
    impossible: str
    form: ReasonForm
    is_done: bool = False


def restoration(
    request: HttpRequest, record: "QuerySet[Change]", today: date, seen: int | None = None
) -> Restoration | None:
    """What the reader asks to set back, done if the form was sent and is in order; None where nothing is asked."""
    posted = request.method == "POST"
    asked = request.POST.get("restore", "") if posted else request.GET.get(ASKED, "")
    change = record.filter(pk=int(asked)).first() if asked.isdigit() else None
    if change is None:
        return None
    form = ReasonForm(request.POST if posted else None, prefix="restore", help_text=_("Steht dann im Verlauf."))
    is_done = False
    if form.is_bound and form.is_valid():
        try:
            restore(change, by=request.user, today=today, reason=form.cleaned_data["reason"], seen=seen)
            is_done = True
        except OutdatedError as error:
            form.add_error(None, str(error))
        except ValidationError as error:
            form.add_error(None, error)
    try:
        before, after = to_restore(change)
        lines, impossible = fact_lines(model_of(change), before, after), ""
        if not lines:
            impossible = _("Es steht schon alles so da wie vor dieser Änderung.")
    except ValidationError as error:
        lines, impossible = [], " ".join(error.messages)
    return Restoration(change, lines, impossible, form, is_done)
