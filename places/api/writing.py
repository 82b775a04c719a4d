"""Writes over the API: the verbs that the pages use, for whoever comes with a key. No rule of its own but If-Match.

The bodies: representation.py. Who speaks: authentication.py. What became of what was sent: submissions.py.
"""

import json
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from django.conf import settings
from django.contrib.gis.geos import Point
from django.core.exceptions import PermissionDenied
from django.core.handlers.wsgi import WSGIRequest
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.urls import get_script_prefix, resolve, reverse
from django.utils.cache import set_response_etag
from django.utils.http import parse_etags, parse_http_date_safe
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ParseError
from rest_framework.request import Request
from rest_framework.response import Response

from places import clock
from places.api.bodies import Body, MergePatch, Text
from places.api.examples import CHANGE_EXAMPLES, NEW_EXAMPLES
from places.api.idempotency import Once
from places.api.keyed import NO_KEY, TOO_MANY, Keyed, Operation, refusing
from places.api.parts import EntryReading, EntrySerializer, Gone
from places.api.places import PlaceDetail, Places
from places.api.refusals import ConditionMissing, MayBeThere, Outdated
from places.api.representation import BODIES, OF_ACTORS, pointer, read_change, read_new
from places.api.spaces import SpaceDetail, Spaces
from places.api.submissions import SubmissionSerializer
from places.api.supports import SupportDetail, Supports
from places.care.edits import latest_change
from places.care.proposals import open_proposal
from places.care.stewardship import confirm, take_down, update_entry
from places.duplicates import Duplicate
from places.facts import OF_PUBLICATION
from places.geo import WGS84
from places.models import Change, Correspondence, Entry, Submission
from places.parameters import Parameters, Word
from places.permissions import User, is_steward
from places.record import locked
from places.registering.forms import LONGEST_MESSAGE
from places.registering.registration import register, similar_entries

MOST_LINES = 20  # of the record, that a refusal tells
# What of a request asks for a part, a form or a condition: not of the whole, as it stands now.
OF_THE_REQUEST = ("HTTP_IF_", "HTTP_RANGE", "HTTP_AUTHORIZATION", "HTTP_COOKIE", "CONTENT_")

REFUSED = {
    400: "The body is no JSON text, or a query parameter was not understood.",
    401: NO_KEY,
    403: "You do not look after this entry.",
    404: "There is nothing here.",
    406: "Answers to writes are JSON.",
    410: "It was there and is no longer public.",
    413: "The body is too large.",
    415: "The body is no JSON.",
    422: "The body says something that cannot be stored: `errors` names each field by a JSON pointer.",
    429: TOO_MANY,
}


# --- A new one -------------------------------------------------------------------------------------------------------


class SubmitParameters(Parameters):
    duplicates = Word(
        ("accepted",), required=False, help_text="Submit it although entries are there that may be the same."
    )


class Submitting(Keyed, EntryReading):
    """POST of a list: a new entry, which waits for the reviewers. Its steward is whoever sent it."""

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        once = Once.asked(request)
        submission = (once.made_before() if once else None) or self._submit(request, once)
        stored = Submission.objects.get(pk=submission.pk)  # the verb holds the entry as it was before
        told = SubmissionSerializer(stored, context=self.get_serializer_context()).data
        return Response(told, status=201, headers={"Location": told["url"]})

    def _submit(self, request: Request, once: Once | None) -> Submission:
        kind, user = self.model.entry_kind, request.user
        with refusing():
            facts, message = read_new(kind, request.data)
            if "duplicates" not in self.asked:
                self._refuse_duplicates(kind, facts["name"], facts["location"])
            with transaction.atomic():
                submission = register(
                    kind, facts, today=clock.today(), language=language_of(user), message=message, by=user
                )
                if once:
                    once.remember(submission)
        return submission

    def _refuse_duplicates(self, kind: str, name: str, location: list[float]) -> None:
        longitude, latitude = location
        found = similar_entries(kind, name=name, location=Point(longitude, latitude, srid=WGS84))
        if found:
            raise MayBeThere(duplicates=[self._duplicate(one) for one in found])

    def _duplicate(self, one: Duplicate) -> dict[str, Any]:
        entry, address = one.entry, self.request.build_absolute_uri
        path = reverse(f"api:{entry.entry_kind}-detail", args=[entry.pk])
        return {
            "id": str(entry.pk),
            "name": entry.name,
            "municipality": entry.municipality.name if entry.municipality else None,
            "metres": None if one.metres is None else round(one.metres),
            "url": address(path) if entry.is_published else None,
            "claim": address(reverse("claim", args=[entry.entry_kind, entry.pk])),
        }


def language_of(user: User) -> str:
    """The language of the letters to somebody."""
    chosen = Correspondence.objects.filter(user=user.pk).values_list("language", flat=True).first()
    return chosen or settings.LANGUAGE_CODE


# --- One that is there -----------------------------------------------------------------------------------------------


class WaitingSerializer(serializers.Serializer[Any]):
    """What became of a change of which some waits for the reviewers."""

    live = serializers.ListField(child=serializers.CharField(), help_text="What is public now, by JSON pointers.")
    waiting = serializers.ListField(child=serializers.CharField(), help_text="What waits for the reviewers.")
    submission = SubmissionSerializer(help_text="All that waits of this entry.")


class OnEntry(Keyed, EntryReading):
    """Something that is done with one public entry."""

    def entry(self) -> Entry:
        """The entry, held until the end of the transaction. Raises what a GET of it would say, and PermissionDenied
        for whoever does not look after it."""
        found = self.model._default_manager.filter(pk=self.kwargs["id"]).first()
        if found is None:
            raise NotFound
        entry = locked(found)
        if not entry.is_published:
            raise Gone if entry.merged_into is not None or entry.publication == "archived" else NotFound
        if not is_steward(self.request.user, entry):
            raise PermissionDenied("You do not look after this entry.")
        return entry

    def as_read(self) -> HttpResponse:
        """What a GET of the entry answers now, with its ETag: made by the endpoint that answers it."""
        path = reverse(f"api:{self.model.entry_kind}-detail", args=[self.kwargs["id"]])
        kept = {name: value for name, value in self.request.META.items() if not name.startswith(OF_THE_REQUEST)}
        asked = {"REQUEST_METHOD": "GET", "QUERY_STRING": "", "HTTP_ACCEPT": "application/json"}
        path_info = f"/{path.removeprefix(get_script_prefix())}"
        request = WSGIRequest({**kept, **asked, "PATH_INFO": path_info, "wsgi.input": BytesIO()})
        request.resolver_match = match = resolve(path_info)
        answer: Any = match.func(request, *match.args, **match.kwargs)
        if hasattr(answer, "render"):
            answer.render()
        if "ETag" not in answer:
            set_response_etag(answer)
        read: HttpResponse = answer
        return read

    def current(self) -> HttpResponse:
        """The new representation, as the answer to what changed it."""
        read = self.as_read()
        headers = {"ETag": read.headers["ETag"], "Content-Location": self.request.build_absolute_uri(self._path())}
        return HttpResponse(read.content, content_type=read.headers["Content-Type"], headers=headers)

    def _path(self) -> str:
        return reverse(f"api:{self.model.entry_kind}-detail", args=[self.kwargs["id"]])


class Changing(OnEntry):
    """PATCH of one entry, by who looks after it: what is reviewed waits, the rest is public at once."""

    parser_classes: Any = (*Keyed.parser_classes, MergePatch)

    def patch(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with transaction.atomic():
            entry = self.entry()
            self._must_be_current(entry)
            with refusing():
                facts, message = read_change(entry, request.data)
                outcome = update_entry(
                    entry,
                    by=request.user,
                    facts=facts,
                    seen=latest_change(entry),
                    today=clock.today(),
                    message=message,
                    with_mandate=False,
                )
        waiting = sorted(set(facts) & entry.reviewed_facts)
        submission = open_proposal(entry) if waiting else None
        return self.current() if submission is None else self._waits(list(outcome.live), waiting, submission)

    def _waits(self, live: list[str], waiting: list[str], submission: Submission) -> Response:
        told = {
            "live": [at for name in live for at in _pointers(name)],
            "waiting": [at for name in waiting for at in _pointers(name)],
            "submission": submission,
        }
        shown = WaitingSerializer(told, context=self.get_serializer_context()).data
        return Response(shown, status=202, headers={"Location": shown["submission"]["url"]})

    def _must_be_current(self, entry: Entry) -> None:
        condition = self.request.headers.get("If-Match")
        if condition is None:
            raise ConditionMissing
        tags = [tag.removeprefix("W/") for tag in parse_etags(condition)]
        if not tags:
            raise ParseError('If-Match is an ETag in quotes, as GET sends it: "…".')
        if tags == ["*"]:
            return
        read = self.as_read()
        if read.headers["ETag"].removeprefix("W/") not in tags:
            raise self._outdated(entry, read)

    def _outdated(self, entry: Entry, read: HttpResponse) -> Outdated:
        """What the record says of the time since the client read it, as far as If-Unmodified-Since tells when."""
        changes = Change.of_entry(entry).order_by("-pk")
        since = parse_http_date_safe(self.request.headers.get("If-Unmodified-Since", ""))
        if since is not None:
            changes = changes.filter(at__gte=datetime.fromtimestamp(since, UTC))
        told = [(change.at, fields) for change in changes[:MOST_LINES] if (fields := _shown_fields(change))]
        names = sorted({name for _, fields in told for name in fields})
        now, moment = json.loads(read.content), serializers.DateTimeField()
        return Outdated(
            etag=read.headers["ETag"],
            changes=[{"at": moment.to_representation(at), "fields_changed": fields} for at, fields in told],
            now={name: now[name] for name in names if name in now},
        )


def _pointers(fact: str) -> tuple[str, ...]:
    return ("#/triad", "#/circles") if fact == OF_ACTORS else (pointer(fact),)


def _shown_fields(change: Change) -> list[str]:
    """The fields of the answer that a line of the record changed; one that only proposes changes none, and neither does
    one that only took the entry out of the public or brought it back."""
    if change.verb == "proposed":
        return []
    return sorted({at.split("/")[1] for fact in change.after.keys() - OF_PUBLICATION for at in _pointers(fact)})


class Confirming(OnEntry):
    """POST: it is still there, as it is described; as the answer to the question of the year."""

    formats = ("json",)
    pagination_class = None

    def post(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with transaction.atomic(), refusing():
            confirm(self.entry(), by=request.user, today=clock.today())
        return self.current()


class WithdrawalBody(Body):
    """Why it should not be public any more."""

    reason = Text(required=True, allow_null=False, allow_blank=False, max_length=LONGEST_MESSAGE)


class Withdrawing(OnEntry):
    """POST: out of the public; what of it waits is withdrawn. Reviewers can bring it back."""

    formats = ("json",)
    pagination_class = None

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        with transaction.atomic(), refusing():
            entry = self.entry()
            body = WithdrawalBody(data=request.data)
            body.is_valid(raise_exception=True)
            take_down(entry, by=request.user, today=clock.today(), reason=body.validated_data["reason"])
        return Response(status=204)


# --- The endpoints -----------------------------------------------------------------------------------------------


def _submitting(kind: str, name: str, title: str) -> dict[str, Operation]:
    problems = {status: text for status, text in REFUSED.items() if status not in (403, 404, 410)}
    return {
        "POST": Operation(
            name,
            title,
            "It waits for the reviewers; its steward is whoever sent it. What may be there already is 409 and listed.",
            body=BODIES[kind],
            answers={201: (SubmissionSerializer, "It waits for the reviewers. You look after it.")},
            problems={
                **problems,
                409: "It may be there already: `duplicates` lists what may be the same. Or a request with the same "
                "`Idempotency-Key` is being worked on.",
            },
            repeatable=True,
            examples=NEW_EXAMPLES[kind],
            parameters=SubmitParameters,
        )
    }


def _changing(kind: str, answer: type[EntrySerializer], name: str, title: str) -> dict[str, Operation]:
    return {
        "PATCH": Operation(
            name,
            title,
            "By who looks after it, a merge patch (RFC 7396): of an object the members that are named change, a list "
            "is replaced. What moves a class waits for the reviewers, the rest is public at once.",
            body=BODIES[kind],
            answers={
                200: (answer, "All of it is public now."),
                202: (WaitingSerializer, "Some of it waits for the reviewers."),
            },
            problems={
                **REFUSED,
                412: "It has changed since: `now` says how the changed fields stand.",
                428: "There is no `If-Match`.",
            },
            examples=CHANGE_EXAMPLES[kind],
            conditional=True,
            parameters=Parameters,
        )
    }


def _confirming(answer: type[EntrySerializer], name: str, title: str) -> dict[str, Operation]:
    problems = {status: text for status, text in REFUSED.items() if status not in (413, 415, 422)}
    text = "It is still there, as it is described. That answers the question of the year too. No body is needed."
    answers = {200: (answer, "It is confirmed as of today.")}
    return {"POST": Operation(name, title, text, answers=answers, problems=problems, parameters=Parameters)}


def _withdrawing(name: str, title: str) -> dict[str, Operation]:
    return {
        "POST": Operation(
            name,
            title,
            "It is taken out of the public, and what of it waits is withdrawn. Reviewers can bring it back.",
            body=WithdrawalBody,
            answers={204: (None, "It is no longer public.")},
            problems=REFUSED,
            parameters=Parameters,
        )
    }


class WritablePlaces(Submitting, Places):
    __doc__ = Places.__doc__
    operations = _submitting("place", "submitPlace", "Submit a place")


class WritablePlace(Changing, PlaceDetail):
    __doc__ = PlaceDetail.__doc__
    operations = _changing("place", PlaceDetail.serializer_class, "changePlace", "Change a place")


class PlaceConfirmation(Confirming):
    model = PlaceDetail.model
    operations = _confirming(PlaceDetail.serializer_class, "confirmPlace", "Confirm a place")


class PlaceWithdrawal(Withdrawing):
    model = PlaceDetail.model
    operations = _withdrawing("withdrawPlace", "Withdraw a place")


class WritableSupports(Submitting, Supports):
    __doc__ = Supports.__doc__
    operations = _submitting("support", "submitSupport", "Submit a support structure")


class WritableSupport(Changing, SupportDetail):
    __doc__ = SupportDetail.__doc__
    operations = _changing("support", SupportDetail.serializer_class, "changeSupport", "Change a support structure")


class SupportConfirmation(Confirming):
    model = SupportDetail.model
    operations = _confirming(SupportDetail.serializer_class, "confirmSupport", "Confirm a support structure")


class SupportWithdrawal(Withdrawing):
    model = SupportDetail.model
    operations = _withdrawing("withdrawSupport", "Withdraw a support structure")


class WritableSpaces(Submitting, Spaces):
    __doc__ = Spaces.__doc__
    operations = _submitting("space", "submitSpace", "Submit a space of possibility")


class WritableSpace(Changing, SpaceDetail):
    __doc__ = SpaceDetail.__doc__
    operations = _changing("space", SpaceDetail.serializer_class, "changeSpace", "Change a space of possibility")


class SpaceConfirmation(Confirming):
    model = SpaceDetail.model
    operations = _confirming(SpaceDetail.serializer_class, "confirmSpace", "Confirm a space of possibility")


class SpaceWithdrawal(Withdrawing):
    model = SpaceDetail.model
    operations = _withdrawing("withdrawSpace", "Withdraw a space of possibility")
