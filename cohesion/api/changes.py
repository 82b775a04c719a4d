"""/api/v1/changes/: what changed since a client asked last, the oldest first. What counts as a change: changes.py."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from cohesion.api.assessed import Share
from cohesion.changes import FIGURES, KINDS, events, last_change, settled_until
from cohesion.events import Cursor, Event, Happening
from cohesion.vocabulary import CohesionClass
from places.fields import Address, Known
from places.models import BoundaryEdition, Entry, Municipality
from places.parameters import Parameters
from places.reading import Reading


class Since(serializers.CharField):
    """A day or a moment (ISO 8601, UTC where it does not say), or the cursor of an earlier answer."""

    def to_internal_value(self, data: Any) -> Any:
        try:
            return Cursor.parse(super().to_internal_value(data))
        except (ValueError, OverflowError):
            raise serializers.ValidationError(
                "A day or a moment (ISO 8601) or the cursor of an earlier answer is expected."
            ) from None


class ChangesParameters(Parameters):
    since = Since(
        required=False,
        help_text="After this: the `cursor` of an earlier answer, or from a day or a moment on (ISO 8601). "
        "Without it: from the beginning.",
    )
    limit = serializers.IntegerField(min_value=1, max_value=1000, default=100, help_text="At most so many events.")


class ChangedMunicipalitySerializer(serializers.Serializer[Any]):
    ags = serializers.CharField(help_text="Amtlicher Gemeindeschlüssel, 8 digits.")
    name = Known(help_text="As it is now; of one that is gone, as it was last; null where nobody knows.")
    url = Address("municipality-detail", source="ags")


class ChangedEntrySerializer(serializers.Serializer[Any]):
    """An entry; what it is called is told only while it is public."""

    kind = serializers.ChoiceField([*KINDS])
    id = serializers.CharField()
    name = Known()
    url = serializers.URLField(help_text="In the API: 301 where it was merged, 410 where it was withdrawn.")


class SuccessorSerializer(serializers.Serializer[Any]):
    ags = serializers.CharField(source="successor.ags")
    name = serializers.CharField(source="successor.name")
    area_share = Share(help_text="Of the area of the one that is told of.")
    resident_share = Share(help_text="Of its residents; null where they are not counted.")
    url = Address("municipality-detail", source="successor.ags")


class FiguresSerializer(serializers.Serializer[Any]):
    def get_fields(self) -> dict[str, Any]:
        cohesion_class = serializers.ChoiceField(CohesionClass.values, source="cohesion_class")
        return {"class": cohesion_class, **{figure: Share() for figure in FIGURES}}


class ChangeSerializer(serializers.Serializer[Any]):
    """Something that happened."""

    cursor = serializers.CharField(help_text="As `since` it asks for what came after this.")
    at = serializers.DateTimeField()
    type = serializers.ChoiceField(Happening.values)
    municipality = ChangedMunicipalitySerializer(allow_null=True)
    entry = ChangedEntrySerializer(
        allow_null=True, help_text="Null where it is about a municipality itself, or about boundaries."
    )
    into = ChangedEntrySerializer(allow_null=True, help_text="Of `merged`: the entry it went into.")
    fields_changed = serializers.ListField(
        child=serializers.CharField(), source="fields", help_text="Of `changed`: which fields of the entry."
    )
    assessment = Address("assessment-detail", source="assessment_id", allow_null=True)
    edition = serializers.DateField(
        allow_null=True, help_text="Of `edition`, `dissolved`, `reduced`, `renamed`, `rekeyed`: the newer boundaries."
    )
    effective_on = serializers.DateField(allow_null=True, help_text="Of these: since when by law, if that is known.")
    successors = SuccessorSerializer(
        many=True, help_text="Of these: who took over how much of it, the largest part first; itself, if it remains."
    )

    def get_fields(self) -> dict[str, Any]:
        # "from" is no name for a Python attribute.
        return {
            **super().get_fields(),
            "from": FiguresSerializer(source="before", allow_null=True, help_text="Of `assessed`; null where new."),
            "to": FiguresSerializer(source="after", allow_null=True, help_text="Of `assessed`."),
        }


class ChangesSerializer(serializers.Serializer[Any]):
    """Events, the oldest first."""

    next = serializers.URLField(allow_null=True, help_text="What comes after these, where there is more now.")
    cursor = serializers.CharField(
        allow_null=True, help_text="Keep it and ask with it as `since` later; null before anything happened."
    )
    attribution = serializers.CharField()
    notice = serializers.CharField(required=False)
    results = ChangeSerializer(many=True)


class Changes(Reading):
    """What changed since: class and figures of municipalities, published, changed, withdrawn and merged entries, new
    boundaries and what became of municipalities."""

    operation = "listChanges"
    title = "Changes"
    may_be_kept = False  # what is settled follows from the hour
    parameters = ChangesParameters
    formats = ("json",)
    serializer_class = ChangesSerializer
    pagination_class = None

    @cached_property
    def until(self) -> datetime:
        return settled_until()

    def changes(self) -> Iterator[datetime | None]:
        """Not when something was stored but when it is told: what is held back would else be taken for known."""
        yield last_change(self.until)
        if self.edition:
            yield self.edition.imported_at

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        since: Cursor | None = self.asked.get("since")
        limit = self.asked["limit"]
        found = list(islice(events(since, self.until), limit + 1))
        shown, more = found[:limit], len(found) > limit
        cursor = shown[-1].cursor if shown else since
        url = replace_query_param(request.build_absolute_uri(), "since", str(cursor)) if more else None
        answer = {
            "next": url,
            "cursor": None if cursor is None else str(cursor),
            **self.beside(),
            "results": rows(shown, self.edition, self.request.build_absolute_uri),
        }
        headers = {"Link": f'<{url}>; rel="next"'} if url else None
        return Response(self.get_serializer(answer).data, headers=headers)


def rows(
    events: Sequence[Event], edition: BoundaryEdition | None, absolute: Callable[[str], str]
) -> list[dict[str, Any]]:
    """Events as ``ChangeSerializer`` takes them; ``absolute`` makes the address of a path."""
    names = dict(
        Municipality.objects.filter(edition=edition, ags__in={event.ags for event in events}).values_list("ags", "name")
    )
    return [_row(event, names, absolute) for event in events]


def _row(event: Event, names: Mapping[str, str], absolute: Callable[[str], str]) -> dict[str, Any]:
    return {
        "cursor": str(event.cursor),
        "at": event.cursor.at,
        "type": event.type.value,
        "municipality": {"ags": event.ags, "name": names.get(event.ags, event.name)} if event.ags else None,
        "entry": _entry(event.entry, absolute),
        "into": _entry(event.into if event.into is not None and event.into.is_published else None, absolute),
        "fields": event.fields,
        "assessment_id": event.assessment_id,
        "edition": event.edition,
        "effective_on": event.effective_on,
        "successors": event.went_to,
        "before": event.before,
        "after": event.after,
    }


def _entry(entry: Entry | None, absolute: Callable[[str], str]) -> dict[str, Any] | None:
    if entry is None:
        return None
    return {
        "kind": entry.entry_kind,
        "id": str(entry.pk),
        "name": entry.name if entry.is_published else "",
        "url": absolute(reverse(f"api:{entry.entry_kind}-detail", args=[entry.pk])),
    }
