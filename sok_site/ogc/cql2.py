"""CQL2 as text and as JSON, read into the nodes of pygeofilter. What they mean for a collection: filtering.py.

Of pygeofilter come the nodes and their walking, not its parsers: see cql2.lark; its JSON has BETWEEN as an older draft
had it and reads “yesterday” as a time.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

from lark import Lark, Token, Transformer, UnexpectedInput, UnexpectedToken
from lark.exceptions import VisitError
from pygeofilter import ast, values

from sok_site.ogc.crs import Crs
from sok_site.ogc.literals import parse_box, parse_instant, shape_of_json, shape_of_text

TEXT, JSON = "cql2-text", "cql2-json"
DRAFT = "cql-text"  # the only name that GDAL knows; what it writes is the same in both, but for how it ends a day
LANGUAGES = (TEXT, JSON, DRAFT)
MAX_LENGTH = 8000  # characters
MAX_DEPTH = 24  # brackets in brackets
EXCERPT = 60  # characters of a filter that a message quotes


class FilterError(ValueError):
    """A filter that is not understood: why, and where in it, as far as that is known yet."""

    def __init__(self, why: str, place: str = "") -> None:
        super().__init__(why)
        self.why, self.place = why, place

    def __str__(self) -> str:
        return f"{self.place}: {self.why}" if self.place else self.why


class TimeIntersects(ast.TemporalPredicate):
    """T_INTERSECTS, which pygeofilter takes for T_OVERLAPS."""


COMPARISONS: dict[str, type[ast.Comparison]] = {
    "=": ast.Equal,
    "<>": ast.NotEqual,
    "<": ast.LessThan,
    "<=": ast.LessEqual,
    ">": ast.GreaterThan,
    ">=": ast.GreaterEqual,
}
# The names of the standard; pygeofilter has those of a draft.
PREDICATES: dict[str, type[Any]] = {
    "s_intersects": ast.GeometryIntersects,
    "s_disjoint": ast.GeometryDisjoint,
    "s_equals": ast.GeometryEquals,
    "s_touches": ast.GeometryTouches,
    "s_within": ast.GeometryWithin,
    "s_overlaps": ast.GeometryOverlaps,
    "s_crosses": ast.GeometryCrosses,
    "s_contains": ast.GeometryContains,
    "t_after": ast.TimeAfter,
    "t_before": ast.TimeBefore,
    "t_contains": ast.TimeContains,
    "t_disjoint": ast.TimeDisjoint,
    "t_during": ast.TimeDuring,
    "t_equals": ast.TimeEquals,
    "t_finishedby": ast.TimeEndedBy,
    "t_finishes": ast.TimeEnds,
    "t_intersects": TimeIntersects,
    "t_meets": ast.TimeMeets,
    "t_metby": ast.TimeMetBy,
    "t_overlappedby": ast.TimeOverlappedBy,
    "t_overlaps": ast.TimeOverlaps,
    "t_startedby": ast.TimeBegunBy,
    "t_starts": ast.TimeBegins,
}
FUNCTIONS = ["casei", "date", "timestamp", "interval", "bbox", *PREDICATES]


def parse(text: str, language: str, crs: Crs) -> Any:
    """The filter as nodes of pygeofilter; its shapes, given in ``crs``, in WGS 84. Raises FilterError."""
    if not text.strip():
        raise FilterError("A filter is expected.")
    if len(text) > MAX_LENGTH:
        raise FilterError(f"The filter has more than {MAX_LENGTH} characters.")
    if language == JSON:
        return _of_json(text, crs)
    return _of_text(re.sub(r"'(\d{4}-\d\d-\d\d)T'", r"'\1'", text) if language == DRAFT else text, crs)


# --- What both have ---------------------------------------------------------------------------------------------------


def _placed(node: Any, place: str) -> Any:
    if isinstance(node, ast.Node):
        node.place = place
    return node


def _combined(kind: type[ast.Combination], parts: Sequence[Any]) -> Any:
    """As a tree without depth: pygeofilter's nodes have two sides."""
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    return kind(_combined(kind, parts[:middle]), _combined(kind, parts[middle:]))


def _needs(name: str, given: Sequence[Any], number: int) -> Any:
    if len(given) != number:
        raise FilterError(f"{name.upper()} takes {number} operands, not {len(given)}.")
    return given


def _instant(text: Any) -> Any:
    if not isinstance(text, str):
        raise FilterError("A day or a time, quoted, is expected.")
    return parse_instant(text)


def _end(given: Any) -> Any:
    """One end of an interval: a property, a day, a time; None is open."""
    if isinstance(given, ast.Attribute):
        return given
    return None if given == ".." else _instant(given)


def _of_kind(name: str, text: Any) -> Any:
    found = _instant(text)
    if (name == "date") != (len(text) == len("2026-11-23")):
        raise FilterError(f"{name.upper()} takes {'a day' if name == 'date' else 'a time with its zone'}.")
    return found


def _predicate(name: str, given: Sequence[Any]) -> Any:
    return PREDICATES[name](*_needs(name, given, 2))


def _like(text: Any, pattern: Any, not_: bool = False) -> ast.Like:
    return ast.Like(text, pattern, False, "%", "_", "\\", not_)


def _unknown(name: str) -> NoReturn:
    raise FilterError(f"There is no function “{name}” here; there are: {', '.join(FUNCTIONS)}.")


# --- Text -------------------------------------------------------------------------------------------------------------


def _of_text(text: str, crs: Crs) -> Any:
    depth = 0
    for at, letter in enumerate(text):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if depth > MAX_DEPTH:
            raise FilterError(f"There are more than {MAX_DEPTH} brackets in brackets.", f"At character {at + 1}")
    try:
        return _Nodes(text, crs).transform(_grammar().parse(text))
    except UnexpectedInput as unexpected:
        at = unexpected.pos_in_stream or 0
        if isinstance(unexpected, UnexpectedToken) and unexpected.token.type == "$END":
            raise FilterError("The filter ends too early.") from None
        raise FilterError("This was not expected.", f"At “{_excerpt(text[at:])}” (character {at + 1})") from None
    except VisitError as error:
        if isinstance(error.orig_exc, ValueError):
            raise error.orig_exc from None
        raise


@cache
def _grammar() -> Lark:
    grammar = Path(__file__).with_suffix(".lark").read_text("utf-8")
    return Lark(grammar, parser="lalr", propagate_positions=True, maybe_placeholders=False)


def _excerpt(text: str) -> str:
    return text if len(text) <= EXCERPT else f"{text[: EXCERPT - 1]}…"


class _Nodes(Transformer[Token, Any]):
    """Each rule of the grammar as a node, which knows where it stands."""

    def __init__(self, text: str, crs: Crs) -> None:
        super().__init__()
        self.text, self.crs = text, crs

    def __default__(self, data: Any, children: list[Any], meta: Any) -> Any:
        if data in ("group", "coordinate"):  # read as a whole: _geometry
            return None
        written = self.text[meta.start_pos : meta.end_pos]
        place = f"At “{_excerpt(written)}” (character {meta.start_pos + 1})"
        try:
            if data == "geometry":
                return shape_of_text(written, self.crs)
            return _placed(self._call(*children) if data == "call" else _RULES[data](*children), place)
        except FilterError as error:
            error.place = error.place or place
            raise
        except ValueError as error:
            raise FilterError(str(error), place) from None

    def _call(self, name: str, *given: Any) -> Any:
        name = name.lower()
        if name in PREDICATES:
            return _predicate(name, given)
        if name == "casei":
            return ast.Function(name, list(_needs(name, given, 1)))
        if name in ("date", "timestamp"):
            return _of_kind(name, *_needs(name, given, 1))
        if name == "interval":
            return values.Interval(*map(_end, _needs(name, given, 2)))
        if name == "bbox":
            return parse_box(",".join(map(str, given)), self.crs)
        _unknown(name)


def _property(name: Token) -> ast.Attribute:
    return ast.Attribute(name[1:-1].replace('""', '"') if name.type == "QUOTED" else str(name))


def _boolean(token: Token) -> bool:
    return token.lower() == "true"


def _literal(token: Token) -> Any:
    if token.type == "TEXT":
        return token[1:-1].replace("''", "'").replace("\\'", "'")
    return _boolean(token) if token.type == "BOOLEAN" else _number(token)


def _number(token: str) -> int | float:
    try:
        return int(token)
    except ValueError:
        return float(token)


def _or_not(make: Callable[..., Any]) -> Callable[..., Any]:
    """A predicate in which NOT may stand."""

    def made(*parts: Any) -> Any:
        given = [part for part in parts if not (isinstance(part, Token) and part.type == "NOT")]
        return make(*given, not_=len(given) < len(parts))

    return made


_RULES: dict[str, Callable[..., Any]] = {
    "or_": lambda *parts: _combined(ast.Or, parts),
    "and_": lambda *parts: _combined(ast.And, parts),
    "not_": ast.Not,
    "constant": _boolean,
    "comparison": lambda left, sign, right: COMPARISONS[sign](left, right),
    "between": _or_not(ast.Between),
    "like": _or_not(_like),
    "in_": _or_not(lambda value, *options, not_: ast.In(value, list(options), not_)),
    "null": _or_not(ast.IsNull),
    "property": _property,
    "literal": _literal,
}


# --- JSON -------------------------------------------------------------------------------------------------------------


def _of_json(text: str, crs: Crs) -> Any:
    def no_number(word: str) -> NoReturn:
        raise ValueError(f"{word} is no number of JSON.")

    try:
        root = json.loads(text, parse_constant=no_number)
    except json.JSONDecodeError as error:
        raise FilterError(f"This is not JSON: {error.msg}.", f"At character {error.pos + 1}") from None
    except RecursionError:
        raise FilterError(f"There are more than {MAX_DEPTH} brackets in brackets.") from None
    return _Json(crs).node(root, "$", 0)


class _Json:
    """Each object as a node, which knows its path."""

    def __init__(self, crs: Crs) -> None:
        self.crs = crs

    def node(self, given: Any, path: str, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise FilterError(f"There are more than {MAX_DEPTH} objects in objects.", f"At {path[:EXCERPT]}")
        if isinstance(given, str | int | float):
            return given
        try:
            if not isinstance(given, dict):
                raise FilterError("An object or a value is expected.")
            return _placed(self._object(given, path, depth), f"At {path}")
        except FilterError as error:
            error.place = error.place or f"At {path}"
            raise
        except ValueError as error:
            raise FilterError(str(error), f"At {path}") from None

    def _object(self, given: dict[str, Any], path: str, depth: int) -> Any:
        if "op" in given:
            return self._operation(given, path, depth)
        if "property" in given:
            name = given["property"]
            if not isinstance(name, str):
                raise FilterError("The name of a property is a text.")
            return ast.Attribute(name)
        if "date" in given or "timestamp" in given:
            name = "date" if "date" in given else "timestamp"
            return _of_kind(name, given[name])
        if "interval" in given:
            ends = self._list(given["interval"], f"{path}.interval", depth)
            return values.Interval(*map(_end, _needs("interval", ends, 2)))
        if "bbox" in given:
            return parse_box(",".join(map(str, self._list(given["bbox"], f"{path}.bbox", depth))), self.crs)
        if "type" in given:
            return shape_of_json(given, self.crs)
        raise FilterError("An object with “op”, “property”, “date”, “timestamp”, “interval” or a shape is expected.")

    def _list(self, given: Any, path: str, depth: int) -> list[Any]:
        if not isinstance(given, list):
            raise FilterError("A list is expected.", f"At {path}")
        return [self.node(each, f"{path}[{at}]", depth + 1) for at, each in enumerate(given)]

    def _operation(self, given: dict[str, Any], path: str, depth: int) -> Any:
        name, written = given["op"], given.get("args")
        if not isinstance(name, str) or not isinstance(written, list):
            raise FilterError("“op” is a text and “args” a list.")
        if name == "in":
            value, options = _needs(name, written, 2)
            found = self._list(options, f"{path}.args[1]", depth)
            if not found:
                raise FilterError("IN needs at least one value.")
            return ast.In(self.node(value, f"{path}.args[0]", depth + 1), found, False)
        args = self._list(written, f"{path}.args", depth)
        if name in ("and", "or"):
            if len(args) < 2:
                raise FilterError(f"{name.upper()} takes two operands or more.")
            return _combined(ast.And if name == "and" else ast.Or, args)
        if name in COMPARISONS:
            return COMPARISONS[name](*_needs(name, args, 2))
        if name in PREDICATES:
            return _predicate(name, args)
        if name in _OPERATIONS:
            number, make = _OPERATIONS[name]
            return make(*_needs(name, args, number))
        _unknown(name)


_OPERATIONS: dict[str, tuple[int, Callable[..., Any]]] = {
    "not": (1, ast.Not),
    "like": (2, _like),
    "between": (3, lambda value, low, high: ast.Between(value, low, high, False)),
    "isNull": (1, lambda value: ast.IsNull(value, False)),
    "casei": (1, lambda text: ast.Function("casei", [text])),
}
