"""What a writing request is refused for, with the members that its problem has beside those of RFC 9457."""

from collections.abc import Iterable, Mapping
from typing import Any

from rest_framework import status
from rest_framework.exceptions import APIException


class Refused(APIException):
    """Something that the client can put right."""

    def __init__(self, detail: str = "", **members: Any) -> None:
        super().__init__(detail or None)
        self.members = members


class Unprocessable(Refused):
    """The body is JSON, and says what cannot be stored: each field at fault by a JSON pointer."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY

    def __init__(self, errors: Iterable[tuple[str, str]]) -> None:
        listed = [{"pointer": pointer, "detail": text} for pointer, text in errors]
        names = ", ".join(dict.fromkeys(error["pointer"] for error in listed))
        super().__init__(f"This cannot be stored: {names}.", errors=listed)


class ConditionMissing(Refused):
    """A change says what it has seen."""

    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_detail = "Say with If-Match which state you change: the ETag of your last GET."


class Outdated(Refused):
    """It is no longer as the client saw it."""

    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_detail = "It has changed since. `now` says how the changed fields stand, `etag` is its ETag now."


class MayBeThere(Refused):
    """Entries that may be the one that is to be registered."""

    status_code = status.HTTP_409_CONFLICT
    default_detail = "It may be there already. If it is none of these, send it again with ?duplicates=accepted."


class BeingMade(Refused):
    """The very same is being made already."""

    status_code = status.HTTP_409_CONFLICT


class TooLarge(Refused):
    """More than any entry needs."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = "The body is too large."


def pointers(detail: Any, above: str = "#") -> Iterable[tuple[str, str]]:
    """Each error of a serializer with the pointer to its field: the body itself is "#"."""
    if isinstance(detail, Mapping):
        for name, part in detail.items():
            at = above if name == "non_field_errors" else f"{above}/{_escaped(str(name))}"
            yield from pointers(part, at)
    elif isinstance(detail, list):
        for index, part in enumerate(detail):
            yield from pointers(part, f"{above}/{index}" if isinstance(part, Mapping) else above)
    else:
        yield above, str(detail)


def _escaped(name: str) -> str:
    """As RFC 6901 has it."""
    return name.replace("~", "~0").replace("/", "~1")
