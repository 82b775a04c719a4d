"""What every endpoint shares that needs a key: who may come, how often, and what the OpenAPI document says of it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers
from rest_framework.exceptions import Throttled
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request

from places.api.authentication import ByKey
from places.api.bodies import Body, Json
from places.api.refusals import Unprocessable, pointers
from places.api.representation import refused_facts
from places.reading import Reading
from places.throttling import PERIOD, may_write

TOO_MANY = "Too many writes within an hour: `Retry-After` says when to go on."
NO_KEY = "There is no key, or it is unknown, has ended, or was revoked."


@dataclass(frozen=True)
class Operation:
    """A method of an endpoint as the OpenAPI document has it, beside what it sees by itself."""

    name: str
    title: str
    text: str
    body: type[Body] | None = None
    is_optional: bool = False  # the body
    # Status → what the answer is, or None where it has no body, and in which case.
    answers: Mapping[int, tuple[type[serializers.Serializer[Any]] | None, str]] = field(default_factory=dict)
    problems: Mapping[int, str] = field(default_factory=dict)
    examples: tuple[OpenApiExample, ...] = ()
    conditional: bool = False  # asks for If-Match
    repeatable: bool = False  # heeds Idempotency-Key
    parameters: type[serializers.Serializer[Any]] | None = None


class Keyed(Reading):
    """Writes need a key; reads only where the subclass says so. Cookies count nowhere."""

    reads_need_key: ClassVar[bool] = False
    operations: ClassVar[Mapping[str, Operation]] = {}  # by method, where it is none that only reads
    parser_classes: Any = (Json,)

    @property
    def may_be_kept(self) -> bool:  # type: ignore[override]
        """What one person sees, and what was written, is kept nowhere."""
        return not self.needs_key(self.request.method)

    def needs_key(self, method: str | None) -> bool:
        """Whether nobody comes with this method without a key."""
        return self.reads_need_key or method in self.operations

    def get_authenticators(self) -> list[Any]:
        """Reads do not look at keys; there is no request where only the document is made."""
        return [ByKey()] if self.request is not None and self.needs_key(self.request.method) else []

    def get_permissions(self) -> list[Any]:
        return [IsAuthenticated()] if self.needs_key(self.request.method) else []

    def get_renderers(self) -> list[Any]:
        """What is written is answered in JSON."""
        renderers = super().get_renderers()
        if self.request is None or self.request.method not in self.operations:
            return renderers
        return [renderer for renderer in renderers if renderer.format == "json"]

    def check_throttles(self, request: Request) -> None:
        super().check_throttles(request)
        if request.method in self.operations and not may_write(int(request.user.pk or 0)):
            raise Throttled(wait=PERIOD)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        operation = self.operations.get(request.method or "")
        if operation is not None and operation.parameters is not None:
            self.parameters = operation.parameters  # type: ignore[misc,assignment]
        super().initial(request, *args, **kwargs)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        if request.method in self.operations:
            response.headers["Cache-Control"] = "no-store"
        return response


@contextmanager
def refusing() -> Iterator[None]:
    """What a body or a verb refuses becomes 422 with a pointer to each field."""
    try:
        yield
    except serializers.ValidationError as error:
        raise Unprocessable(pointers(error.detail)) from None
    except ValidationError as error:
        raise Unprocessable(refused_facts(error)) from None
