"""/api/v1/submissions/: what one has sent oneself, how it stands, what the reviewers answered. Never who answered."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from places import clock
from places.api.bodies import Body, Text
from places.api.keyed import NO_KEY, TOO_MANY, Keyed, Operation, refusing
from places.api.representation import told_by
from places.care.stewardship import reply, withdraw
from places.facts import facts_of
from places.fields import Address, Known
from places.models import ENTRY_KINDS, Submission
from places.parameters import PageParameters, Several, Word
from places.reading import Detail, Listing
from places.registering.forms import LONGEST_MESSAGE
from places.vocabulary import Publication, SubmissionKind, SubmissionState

JOINED = tuple(ENTRY_KINDS)
OPEN = (SubmissionState.WAITING, SubmissionState.ASKED_BACK)


class SubmittedEntrySerializer(serializers.Serializer[Any]):
    """The entry that it is about."""

    kind = serializers.ChoiceField([*ENTRY_KINDS], source="entry_kind")
    id = serializers.CharField(source="pk")
    name = serializers.CharField()
    publication = serializers.ChoiceField(Publication.values)
    url = serializers.SerializerMethodField(help_text="In the API; null unless it is public.")
    page = serializers.SerializerMethodField(help_text="Its page for people; null unless it is public.")
    care = serializers.SerializerMethodField(help_text="Where people look after it, signed in.")

    def get_url(self, entry: Any) -> str | None:
        return self._address(reverse(f"api:{entry.entry_kind}-detail", args=[entry.pk])) if entry.is_published else None

    def get_page(self, entry: Any) -> str | None:
        return self._address(entry.get_absolute_url()) if entry.is_published else None

    def get_care(self, entry: Any) -> str:
        return self._address(reverse("care", args=[entry.entry_kind, entry.pk]))

    def _address(self, path: str) -> str:
        return str(self.context["request"].build_absolute_uri(path))


class SubmissionSerializer(serializers.Serializer[Submission]):
    """Something that reviewers decide."""

    id = serializers.CharField(source="pk")
    kind = serializers.ChoiceField(SubmissionKind.values)
    state = serializers.ChoiceField(SubmissionState.values)
    entry = SubmittedEntrySerializer()
    proposed = serializers.SerializerMethodField(
        help_text="What is not public yet, as it is sent; empty of a claim, and of a registration that is decided."
    )
    message = Known(help_text="What was said to the reviewers.")
    answer = Known(source="reason", help_text="What the reviewers ask, or why they decided so.")
    created_at = serializers.DateTimeField()
    waiting_since = serializers.DateField(allow_null=True)
    decided_on = serializers.DateField(allow_null=True)
    url = Address("submission-detail", source="pk")

    def get_proposed(self, submission: Submission) -> dict[str, Any]:
        if submission.kind == SubmissionKind.CHANGE:
            return told_by(submission.values)
        if submission.kind == SubmissionKind.REGISTRATION and submission.state in OPEN:
            return told_by(facts_of(submission.entry))
        return {}


class SubmissionParameters(PageParameters):
    items = SubmissionSerializer

    state = Several(child=Word(SubmissionState.values), required=False, help_text="In any of these states.")
    kind = Several(child=Word(SubmissionKind.values), required=False, help_text="Of any of these kinds.")


class OwnSubmissions(Keyed):
    """Of nobody else, whoever asks."""

    formats = ("json",)
    reads_need_key = True
    may_be_kept = False
    serializer_class = SubmissionSerializer
    problems = {401: NO_KEY}

    def get_queryset(self) -> QuerySet[Submission]:
        own = Submission.objects.filter(user=self.request.user.pk).select_related(*JOINED)
        return own.order_by("-created_at", "-pk")

    def changed_at(self) -> None:
        """The ETag is enough: it is asked by few, and about little."""
        return None


class Submissions(OwnSubmissions, Listing):
    """What one has sent oneself, the latest first."""

    operation = "listSubmissions"
    title = "Own submissions"
    parameters = SubmissionParameters

    def get_queryset(self) -> QuerySet[Submission]:
        asked = {f"{name}__in": self.asked[name] for name in ("state", "kind") if name in self.asked}
        return super().get_queryset().filter(**asked)


class SubmissionDetail(OwnSubmissions, Detail):
    """One of one's own submissions."""

    operation = "getSubmission"
    title = "One of your submissions"
    formats = ("json",)
    lookup_field = "pk"
    lookup_url_kwarg = "id"


class ReplyBody(Body):
    """What is answered."""

    message = Text(max_length=LONGEST_MESSAGE, required=True, allow_null=False, allow_blank=False)


DECIDED = {
    404: "None of your submissions has this id.",
    422: "It is decided already, or nothing is asked, or the body says something else than it may.",
    429: TOO_MANY,
}


class SubmissionAct(OwnSubmissions):
    """Something that is done with a submission of one's own."""

    pagination_class = None
    lookup_field = "pk"
    lookup_url_kwarg = "id"

    def done(self) -> Response:
        submission = self.get_queryset().get(pk=self.kwargs["id"])
        return Response(self.get_serializer(submission).data)


class SubmissionReply(SubmissionAct):
    """The answer to what the reviewers asked: it waits again."""

    operations = {
        "POST": Operation(
            "replyToReviewers",
            "Answer the reviewers",
            "The answer to what the reviewers asked. It waits for them again.",
            body=ReplyBody,
            answers={200: (SubmissionSerializer, "It waits again, with your answer.")},
            problems=DECIDED,
        )
    }

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        submission = self.get_object()
        with refusing():
            body = ReplyBody(data=request.data)
            body.is_valid(raise_exception=True)
            reply(submission, by=request.user, message=body.validated_data["message"], today=clock.today())
        return self.done()


class SubmissionWithdrawal(SubmissionAct):
    """Taken back before anybody decided."""

    operations = {
        "POST": Operation(
            "withdrawSubmission",
            "Take a submission back",
            "Before anybody decided: a change, a claim, or a registration, whose entry is archived with it.",
            answers={200: (SubmissionSerializer, "It is withdrawn; of a registration, the entry with it.")},
            problems=DECIDED,
        )
    }

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        submission = self.get_object()
        with refusing():
            withdraw(submission, by=request.user, today=clock.today())
        return self.done()
