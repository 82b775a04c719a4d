"""The page on which an entry is changed: all its subjects, one form, one button; and what happens where two met."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from places import clock
from places.care.edits import Conflict, ConflictError, Sight, latest_change, my_changes, shown_facts
from places.care.proposals import open_proposal, open_submission
from places.care.stewardship import UNPUBLISHED, Outcome, update_entry
from places.entry_forms import SUBJECTS, ActorsForm, LocationForm, SubjectForm
from places.facts import Facts
from places.models import Entry
from places.permissions import may_review
from places.views.cared_for import care_context, entry_cared_for, wrong
from places.views.private import private_page
from places.views.register import pin_map
from places.vocabulary import SubmissionState
from places.wording import in_words, label, lines

# What changes often comes first; what is reviewed comes last.
ORDER = (
    "was",
    "beschreibung",
    "mitmachen",
    "zeiten",
    "website",
    "groesse",
    "eigentum",
    "gebiet",
    "begegnung",
    "wirkung",
)
TOGETHER: dict[str, type[SubjectForm]] = {"trias": ActorsForm}  # editing asks for all actors at once
LEFT_OUT = {"kreise"}
# Fields that stand for a fact of another name.
FIELDS_OF = {"location": ("find", "latitude", "longitude")}
MORE_ROWS = 2
BEGIN = ("was", "beschreibung")  # sections that are open when the page is opened
ASKED_IN = {"gemeinde": "wo", "gebiet": "gebiet"}  # which section a search belongs to
DECIDED = re.compile(r"(mine|theirs):([0-9]+)")


@dataclass(frozen=True)
class Section:
    """One subject on the page, and whether all of it, or a part, is reviewed."""

    anchor: str
    form: SubjectForm
    is_reviewed: bool
    is_open: bool  # from the start; what has errors opens anyway


class EditForms:
    """All forms about one entry as one."""

    def __init__(
        self,
        entry: Entry,
        data: Any = None,
        *,
        in_parts: bool,
        typed: dict[str, Any] | None = None,
        shown: Collection[str] = BEGIN,
    ) -> None:
        subjects = SUBJECTS[entry.entry_kind]
        facts = shown_facts(entry, with_proposal=in_parts)
        reviewed = entry.reviewed_facts if in_parts else frozenset()
        names = sorted(subjects.keys() - LEFT_OUT, key=lambda name: _place_in(ORDER, name, list(subjects)))
        self.sections = [
            _section(name, TOGETHER.get(name, subjects[name])(data, facts=facts, typed=typed), reviewed, name in shown)
            for name in names
        ]
        self.forms = [section.form for section in self.sections]

    def is_valid(self) -> bool:
        """Whether every form is."""
        return [form.is_valid() for form in self.forms].count(False) == 0  # each is asked: each shows its errors

    def facts(self) -> Facts:
        """The facts of all forms."""
        return {name: value for form in self.forms for name, value in form.facts().items()}

    def typed(self) -> dict[str, Any]:
        """What was sent, right or wrong."""
        return {name: value for form in self.forms for name, value in form.typed().items()}

    def add_errors(self, error: ValidationError) -> None:
        """What the verb refused, at the field it speaks of."""
        told = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        for name, words in told.items():
            field = FIELDS_OF.get(name, (name,))[-1]
            form = next((form for form in self.forms if field in form.fields), None)
            (form or self.forms[0]).add_error(field if form else None, words)


@private_page
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_entry(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Change an entry. Where others changed the same meanwhile: 409, with a choice per fact."""
    entry = entry_cared_for(request, kind, pk)
    if not entry.is_published and entry.publication not in UNPUBLISHED:
        return redirect("care", kind, pk)  # it says how it stands
    in_parts = _in_parts(request, entry)
    if request.method != "POST":
        return _page(request, entry, EditForms(entry, in_parts=in_parts))
    bound = EditForms(entry, request.POST, in_parts=in_parts)
    if "save" not in request.POST:  # more rows, a search: the page again with what was typed
        typed = bound.typed() | _asked_more(request, bound)
        asked_in = "trias" if "mehr" in request.POST else ASKED_IN.get(request.POST.get("suchen", ""), "")
        return _page(request, entry, EditForms(entry, in_parts=in_parts, typed=typed, shown=(*BEGIN, asked_in)))
    if not bound.is_valid():
        return _page(request, entry, bound, status=422)
    try:
        outcome = _save(request, entry, bound)
    except ConflictError as error:
        return _conflict(request, entry, bound, error)
    except ValidationError as error:
        bound.add_errors(error)
        return _page(request, entry, bound, status=422)
    _tell(request, entry, outcome)
    return redirect("care", kind, pk)


def _save(request: HttpRequest, entry: Entry, bound: EditForms) -> Outcome:
    facts, decided = bound.facts(), {}
    for name in list(facts):
        if choice := _choice(request, name):
            if choice[0] == "theirs":
                del facts[name]
            else:
                decided[name] = int(choice[1])
    undecided = [name for name in request.POST.getlist("conflict") if name in facts and not _choice(request, name)]
    if undecided:  # asks again, by seeing the conflict again
        sight = Sight(_number(request, "seen"), _number(request, "seen_proposal"), decided)
        my_changes(entry, facts, sight, with_proposal=_in_parts(request, entry))
    return update_entry(
        entry,
        by=request.user,
        facts=facts,
        seen=_number(request, "seen"),
        seen_proposal=_number(request, "seen_proposal"),
        decided=decided,
        message=request.POST.get("message", ""),
        today=clock.today(),
    )


def _page(request: HttpRequest, entry: Entry, edited: EditForms, status: int = 200, **more: Any) -> HttpResponse:
    proposal = open_proposal(entry)
    sent = request.method == "POST"
    context = {
        **care_context(request, entry, _("Bearbeiten")),
        "sections": edited.sections,
        "map": pin_map(next(form for form in edited.forms if isinstance(form, LocationForm))),
        **wrong(*edited.forms),
        "in_parts": _in_parts(request, entry),
        "seen": _number(request, "seen") if sent else latest_change(entry),
        "seen_proposal": _number(request, "seen_proposal") if sent else proposal.pk if proposal else 0,
        "message": request.POST.get("message", ""),
        # Choices of an earlier conflict go on with the form.
        "choices": [(name, value) for name, value in request.POST.items() if name.startswith("keep-")],
    }
    return render(request, "places/care/edit.html", {**context, **more}, status=status)


def _conflict(request: HttpRequest, entry: Entry, bound: EditForms, error: ConflictError) -> HttpResponse:
    again = set(request.POST.getlist("conflict")) & {conflict.name for conflict in error.conflicts}
    shown = [Clash.of(entry, conflict) for conflict in error.conflicts]
    names = {f"keep-{conflict.name}" for conflict in error.conflicts}
    return _page(
        request,
        entry,
        bound,
        status=409,
        clashes=shown,
        asked_again=bool(again),
        elsewhere=lines(type(entry), *error.elsewhere),
        settled=latest_change(entry),
        choices=[(name, value) for name, value in request.POST.items() if name[:5] == "keep-" and name not in names],
    )


@dataclass(frozen=True)
class Clash:
    """A conflict in words."""

    name: str
    label: str
    base: str
    theirs: str
    mine: str
    conflict: Conflict

    @classmethod
    def of(cls, entry: Entry, conflict: Conflict) -> "Clash":
        """``conflict`` as people read it."""
        model, name = type(entry), conflict.name
        base, theirs, mine = (in_words(model, name, value) for value in (conflict.base, conflict.theirs, conflict.mine))
        return cls(name, label(model, name), base, theirs, mine, conflict)


def _tell(request: HttpRequest, entry: Entry, outcome: Outcome) -> None:
    """What became of it, in plain words."""
    if outcome.live:
        number = len(outcome.live)
        messages.success(
            request,
            ngettext("Gespeichert: %(number)s Angabe.", "Gespeichert: %(number)s Angaben.", number)
            % {"number": number},
        )
    if outcome.waiting:
        messages.success(
            request, _("Der Rest wartet auf die Prüfung.") if outcome.live else _("Zur Prüfung vorgelegt.")
        )
    if outcome.replied:
        messages.success(request, _("Ihre Antwort ist bei der Prüfstelle."))
    if outcome.taken_back:
        messages.success(request, _("Ihr Änderungsvorschlag ist zurückgenommen."))
    if outcome == Outcome(()):
        messages.info(request, _("Es hat sich nichts geändert."))
    submission = open_submission(entry)
    if submission is not None and submission.state == SubmissionState.ASKED_BACK:
        messages.warning(request, _("Die Rückfrage der Prüfstelle ist noch nicht beantwortet."))


def _in_parts(request: HttpRequest, entry: Entry) -> bool:
    """Whether some of it waits for the reviewers."""
    return entry.is_published and not may_review(request.user, entry.municipality, clock.today())


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def _choice(request: HttpRequest, name: str) -> tuple[str, str] | None:
    found = DECIDED.fullmatch(request.POST.get(f"keep-{name}", ""))
    return (found[1], found[2]) if found else None


def _asked_more(request: HttpRequest, bound: EditForms) -> dict[str, Any]:
    """More empty rows, where they were asked for."""
    rows = [form.row_name for form in bound.forms if isinstance(form, ActorsForm)]
    return {f"{name}-more": MORE_ROWS for name in rows if request.POST.get("mehr") == name}


def _section(anchor: str, form: SubjectForm, reviewed: frozenset[str], is_open: bool) -> Section:
    """With a word at each field that is reviewed, unless all of the subject is."""
    names = [field for fact in reviewed for field in FIELDS_OF.get(fact, (fact,)) if field in form.fields]
    is_reviewed = len(names) == len(form.fields) or (isinstance(form, ActorsForm) and "actors" in reviewed)
    if not is_reviewed:
        for name in names:
            field = form.fields[name]
            field.help_text = " ".join(filter(None, (_("Wird geprüft."), str(field.help_text))))
    return Section(anchor, form, is_reviewed, is_open)


def _place_in(order: tuple[str, ...], name: str, otherwise: list[str]) -> tuple[int, int]:
    return (order.index(name) if name in order else len(order), otherwise.index(name))
