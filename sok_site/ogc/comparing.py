"""How a property is compared with a value, in parameters as in filters: one rule for numbers, days, times.

What is shown is compared: a number as it is rounded, a text that is empty as one that is not known.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any, cast

from django.db.models import BooleanField, F, Func, Q, TextField, Value
from django.db.models.functions import NullIf, Round, TruncDate
from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual, LessThan, LessThanOrEqual
from django.utils import timezone

from sok_site.ogc.collections import Property
from sok_site.ogc.literals import day_of, parse_instant

LOOKUPS: dict[str, Any] = {
    "=": Exact,
    "<": LessThan,
    "<=": LessThanOrEqual,
    ">": GreaterThan,
    ">=": GreaterThanOrEqual,
}
FLIPPED = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
WHOLE = 2**53  # beyond it a number of JSON is not exact
EARLIEST, LATEST = datetime(2, 1, 1, tzinfo=UTC), datetime(9998, 12, 31, tzinfo=UTC)  # in every zone a time


@dataclass(frozen=True)
class Stretch:
    """What the database has where one value is shown: from ``low``, below ``high``; nothing if they are equal."""

    low: Any
    high: Any


def compared(left: Any, sign: str, right: Any) -> Q:
    """``left`` (an expression) compared with an expression, a value or a Stretch; unknown where one of them is, as in
    SQL, also under NOT."""
    if sign == "<>":
        return ~compared(left, "=", right)
    if not isinstance(right, Stretch):
        return Q(LOOKUPS[sign](left, right))
    if sign == "=":
        return Q(GreaterThanOrEqual(left, right.low)) & Q(LessThan(left, right.high))
    edge = right.low if sign in ("<", ">=") else right.high
    return Q(LessThan(left, edge) if sign in ("<", "<=") else GreaterThanOrEqual(left, edge))


# --- Values -----------------------------------------------------------------------------------------------------------


def value_of(asked: Property, given: Any) -> Any:
    """A value of JSON, a day or a moment as what the database has where ``asked`` shows it. Raises ValueError."""
    return _VALUES[asked.kind](asked, given)


def _text(_asked: Property, given: Any) -> str:
    if not isinstance(given, str):
        raise ValueError("A text is expected.")
    if "\x00" in given or any("\ud800" <= letter <= "\udfff" for letter in given):
        raise ValueError("A text is expected, of characters that can be written.")
    return given


def one_of_its_words(asked: Property, given: str) -> None:
    """Raises ValueError where a vocabulary has no such word."""
    if asked.choices and given not in asked.choices.values:
        raise ValueError(f"“{given}” is none of: {', '.join(asked.choices.values)}.")


def _truth(_asked: Property, given: Any) -> bool:
    if not isinstance(given, bool):
        raise ValueError("true or false is expected.")
    return given


def _number(asked: Property, given: Any) -> Stretch:
    """As it is shown: a number between two that can be shown equals none, and is greater than the lower one."""
    finite = isinstance(given, int | float) and not isinstance(given, bool) and abs(given) <= WHOLE
    if not finite or not math.isfinite(given):
        raise ValueError(f"A number is expected, between -{WHOLE} and {WHOLE}.")
    exact = Decimal(repr(given))
    if asked.type == "integer":
        return Stretch(math.ceil(exact), math.floor(exact) + 1)
    step = Decimal(1).scaleb(-(asked.decimals or 0))
    below, above = (exact.quantize(step, rounding) for rounding in (ROUND_FLOOR, ROUND_CEILING))
    return Stretch(float(above - step / 2), float(below + step / 2))


def _day(_asked: Property, given: Any) -> date:
    return day_of(_instant(given))


def _moment(_asked: Property, given: Any) -> Any:
    """A day has many moments; one moment is one."""
    instant = _instant(given)
    if isinstance(instant, datetime):
        return min(max(instant, EARLIEST), LATEST)
    first, last = EARLIEST.date(), LATEST.date()
    day = min(max(instant, first), last)
    begins, ends = (datetime.combine(each, time.min) for each in (day, min(day + timedelta(days=1), last)))
    return Stretch(timezone.make_aware(begins), timezone.make_aware(ends))


def _instant(given: Any) -> date | datetime:
    if isinstance(given, date):  # a datetime is one
        return given
    if not isinstance(given, str):
        raise ValueError("A day or a time is expected.")
    return parse_instant(given)


_VALUES: dict[str, Any] = {"text": _text, "truth": _truth, "number": _number, "day": _day, "moment": _moment}


# --- Expressions ------------------------------------------------------------------------------------------------------


def shown(asked: Property) -> Any:
    """What a property shows, for comparing it with another one."""
    if asked.kind == "number" and asked.decimals is not None:
        return Round(F(asked.path), asked.decimals)
    return TruncDate(asked.path) if asked.kind == "moment" else stored(asked)


def stored(asked: Property) -> Any:
    """What the database has; for a text that is empty, null, which is what is shown then."""
    return NullIf(F(asked.path), Value(""), output_field=TextField()) if asked.kind == "text" else F(asked.path)


class Folded(Func):
    """A text without the difference of capitals: the same for “STRASSE” and “Straße”."""

    function = "CASEFOLD"  # of SQLite: sok_site/apps.py

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = """REPLACE(LOWER(%(expressions)s COLLATE "und-x-icu"), 'ß', 'ss')"""
        return self.as_sql(compiler, connection, template=template, **extra)


class InCodeOrder(Func):
    """A text that is compared by the numbers of its letters: the same on every database."""

    template = "%(expressions)s"

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template='(%(expressions)s COLLATE "C")', **extra)


class Matches(Func):
    """Whether a text has a pattern, with capitals as they are: ``%`` any letters, ``_`` one, a backslash before either
    means itself."""

    template = "(%(expressions)s)"
    arg_joiner = " LIKE "
    output_field = BooleanField()

    def __init__(self, text: Any, pattern: Any, **extra: Any) -> None:
        super().__init__(text, pattern, **extra)

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """LIKE of SQLite passes over capitals; GLOB does not."""
        text, pattern = self.source_expressions[0], cast(Value, self.source_expressions[1])
        globbing = self.copy()
        globbing.set_source_expressions([text, Value(_glob(pattern.value))])
        return super(Matches, globbing).as_sql(compiler, connection, arg_joiner=" GLOB ", **extra)


def pattern_of(text: str) -> str:
    """A pattern, checked. Raises ValueError."""
    if len(text) - len(text.rstrip("\\")) & 1:
        raise ValueError("A pattern does not end with the backslash that should protect something.")
    return text


def _glob(pattern: str) -> str:
    written, letters = [], iter(pattern)
    for letter in letters:
        if letter == "\\":
            written.append(_literally(next(letters)))
        else:
            written.append({"%": "*", "_": "?"}.get(letter) or _literally(letter))
    return "".join(written)


def _literally(letter: str) -> str:
    return f"[{letter}]" if letter in "*?[" else letter
