"""How a body is read: JSON of a bounded size, nothing in it that is not declared, no value of another type."""

import codecs
import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.settings import api_settings
from rest_framework.utils import json as strict_json

from places.api.refusals import TooLarge
from places.fields import Position

MOST_BYTES = 256 * 1024
NOT_NULL = "This may not be null."


class Json(BaseParser):
    """``application/json``, at most MOST_BYTES of it."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        sent: bytes = stream.read(MOST_BYTES + 1)
        if len(sent) > MOST_BYTES:
            raise TooLarge(f"The body is larger than {MOST_BYTES:,} bytes.")
        try:
            parsed = strict_json.loads(codecs.decode(sent, "utf-8"), strict=api_settings.STRICT_JSON)
            json.dumps(parsed, ensure_ascii=False).encode()  # half a surrogate pair is no text
        except (ValueError, RecursionError):
            raise ParseError("The body is no JSON text in UTF-8.") from None
        return parsed


class MergePatch(Json):
    """The same, by the name that RFC 7396 gives it."""

    media_type = "application/merge-patch+json"


class Text(serializers.CharField):
    """Text; null is the empty one."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "allow_null": True, "allow_blank": True, **options})

    def run_validation(self, data: Any = serializers.empty) -> Any:
        return super().run_validation("" if data is None and self.allow_null else data)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class Chosen(serializers.ChoiceField):
    """A word of a vocabulary; null, where it may be, is the empty one. The refusal lists them all."""

    def __init__(self, words: Iterable[str], **options: Any) -> None:
        words = list(words)
        refusal = f"“{{input}}” is none of: {', '.join(words)}."
        super().__init__(words, **{"required": False, "error_messages": {"invalid_choice": refusal}, **options})

    def run_validation(self, data: Any = serializers.empty) -> Any:
        return "" if data is None and self.allow_null else super().run_validation(data)

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or not data:
            self.fail("invalid_choice", input=data)
        return super().to_internal_value(data)


class Truth(serializers.BooleanField):
    """``true`` or ``false``, and null where nobody knows; no words, no numbers."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, **options})

    def run_validation(self, data: Any = serializers.empty) -> Any:
        if data is not serializers.empty and data is not None and not isinstance(data, bool):
            self.fail("invalid")
        return super().run_validation(data)


class Whole(serializers.IntegerField):
    """A whole number or null."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "allow_null": True, **options})

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return int(super().to_internal_value(data))


class Day(serializers.DateField):
    """``2026-11-23`` or null."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "allow_null": True, **options})

    def to_internal_value(self, value: Any) -> Any:
        if not isinstance(value, str):
            self.fail("invalid", format="YYYY-MM-DD")
        return super().to_internal_value(value)


class Spot(Position):
    """[longitude, latitude]."""

    default_error_messages = {"invalid": "[longitude, latitude] in degrees (WGS 84) is expected."}

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, **options})

    def to_internal_value(self, data: Any) -> list[float]:
        numbers = isinstance(data, list) and len(data) == 2 and all(_is_number(part) for part in data)
        if not numbers or not (-180 <= data[0] <= 180 and -90 <= data[1] <= 90):
            self.fail("invalid")
        return [float(part) for part in data]


class Body(serializers.Serializer[Any]):
    """An object that has no member but those declared."""

    shown: frozenset[str] = frozenset()  # members of the answers that cannot be written

    def to_internal_value(self, data: Any) -> Any:
        unknown = {name: [self._refusal(name)] for name in data if name not in self.fields} if _is_object(data) else {}
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            detail = error.detail if isinstance(error.detail, dict) else {}
            raise serializers.ValidationError({**unknown, **detail}) from None
        if unknown:
            raise serializers.ValidationError(unknown)
        return values

    def _refusal(self, name: str) -> str:
        if name in self.shown:
            return "This cannot be written."
        return f"There is no such field here; there are: {', '.join(self.fields)}."


def _is_object(data: Any) -> bool:
    return isinstance(data, Mapping)


def _is_number(part: Any) -> bool:
    """Also one that is not too large for the database."""
    return isinstance(part, int | float) and not isinstance(part, bool) and abs(part) < 1e6 and math.isfinite(part)
