"""What a filter means for a collection: nodes of pygeofilter become conditions of the database. Reading it: cql2.py.

As in SQL there are three truths: where a property is not known, a comparison is not known either, nor is its opposite.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from django.contrib.gis.db.models import GeometryField
from django.contrib.gis.geos import (
    GeometryCollection,
    GEOSGeometry,
    LineString,
    MultiLineString,
    MultiPoint,
    MultiPolygon,
    Point,
    Polygon,
)
from django.db.models import BooleanField, Q, Value
from django.db.models.lookups import IsNull
from pygeofilter import ast, values
from pygeofilter.backends.evaluator import Evaluator, handle

from places.geo import WGS84
from sok_site.ogc.collections import Collection, Property
from sok_site.ogc.comparing import (
    FLIPPED,
    Folded,
    InCodeOrder,
    Matches,
    compared,
    one_of_its_words,
    pattern_of,
    shown,
    stored,
    value_of,
)
from sok_site.ogc.cql2 import FilterError, TimeIntersects
from sok_site.ogc.literals import day_of

GEOMETRY = "geometry"  # what the geometry is called in filters, whatever the database calls it
MAX_NODES = 500
SIGNS: dict[str, Callable[[Any, Any], bool]] = {"=": eq, "<>": ne, "<": lt, "<=": le, ">": gt, ">=": ge}
KINDS = {bool: "truth", int: "number", float: "number", str: "text", date: "day", datetime: "moment"}
WORDS = {
    "truth": "a truth value",
    "number": "a number",
    "text": "a text",
    "day": "a day",
    "moment": "a time",
    "shape": "a shape",
}
LOOKUPS: dict[type, str] = {
    ast.GeometryIntersects: "intersects",
    ast.GeometryDisjoint: "disjoint",
    ast.GeometryEquals: "equals",
    ast.GeometryTouches: "touches",
    ast.GeometryWithin: "within",
    ast.GeometryOverlaps: "overlaps",
    ast.GeometryCrosses: "crosses",
    ast.GeometryContains: "contains",
}
ALIKE = ("intersects", "equals", "within", "contains")  # how everything lies to itself
TURNED = {"within": "contains", "contains": "within"}

# How two stretches of time lie to each other: an end of the left one, a sign, an end of the right one; all must hold.
START, END = 0, 1
RELATIONS: dict[type, tuple[tuple[int, str, int], ...]] = {
    ast.TimeAfter: ((START, ">", END),),
    ast.TimeBefore: ((END, "<", START),),
    ast.TimeContains: ((START, "<", START), (END, ">", END)),
    ast.TimeDuring: ((START, ">", START), (END, "<", END)),
    ast.TimeEquals: ((START, "=", START), (END, "=", END)),
    ast.TimeEndedBy: ((START, "<", START), (END, "=", END)),
    ast.TimeEnds: ((START, ">", START), (END, "=", END)),
    TimeIntersects: ((START, "<=", END), (END, ">=", START)),
    ast.TimeMeets: ((END, "=", START),),
    ast.TimeMetBy: ((START, "=", END),),
    ast.TimeOverlappedBy: ((START, ">", START), (START, "<", END), (END, ">", END)),
    ast.TimeOverlaps: ((START, "<", START), (END, ">", START), (END, "<", END)),
    ast.TimeBegunBy: ((START, "=", START), (END, ">", END)),
    ast.TimeBegins: ((START, "=", START), (END, "<", END)),
}


@dataclass(frozen=True)
class Known:
    """A property of the collection; ``folded``: without the difference of capitals."""

    asked: Property
    folded: bool = False

    @property
    def kind(self) -> str:
        return self.asked.kind

    def stored(self) -> Any:
        return Folded(stored(self.asked)) if self.folded else stored(self.asked)

    def shown(self) -> Any:
        return Folded(shown(self.asked)) if self.folded else shown(self.asked)


@dataclass(frozen=True)
class Given:
    """A value that the filter brings."""

    value: Any

    @property
    def kind(self) -> str:
        return KINDS[type(self.value)]


@dataclass(frozen=True)
class Shape:
    """The geometry of the features, or one that the filter brings."""

    given: GEOSGeometry | None = None
    kind: str = "shape"


@dataclass(frozen=True)
class Period:
    """From one day or time to another."""

    ends: tuple[Known | Given, Known | Given]
    kind: str = "interval"


def meaning(collection: Collection, root: Any) -> Q:
    """The filter as a condition on the rows of ``collection``. Raises FilterError."""
    return _Conditions(collection).whole(root)


class _Conditions(Evaluator):
    def __init__(self, collection: Collection) -> None:
        self.collection, self.nodes = collection, 0

    def whole(self, root: Any) -> Q:
        return _condition(self.evaluate(root))

    def evaluate(self, node: Any, adopt_result: bool = True) -> Any:
        """As pygeofilter does, within limits and naming the place of what is wrong."""
        self.nodes += 1
        place = getattr(node, "place", "")
        try:
            if self.nodes > MAX_NODES:
                raise FilterError(f"The filter has more than {MAX_NODES} parts.")
            return super().evaluate(node, adopt_result)
        except FilterError as error:
            error.place = error.place or place
            raise
        except ValueError as error:
            raise FilterError(str(error), place) from None

    # --- Operands -----------------------------------------------------------------------------------------------------

    @handle(ast.Attribute)
    def attribute(self, node: Any) -> Known | Shape:
        if node.name == GEOMETRY:
            return Shape()
        if node.name not in self.collection.by_name:
            known = ", ".join([*self.collection.by_name, GEOMETRY])
            raise FilterError(f"There is no property “{node.name}” here; there are: {known}.")
        return Known(self.collection.by_name[node.name])

    @handle(bool, int, float, str, date, datetime)
    def literal(self, node: Any) -> Given:
        return Given(node)

    @handle(type(None))
    def open_end(self, _node: None) -> None:
        return None

    @handle(Point, LineString, Polygon, MultiPoint, MultiLineString, MultiPolygon, GeometryCollection)
    def shape(self, node: GEOSGeometry) -> Shape:
        return Shape(node)

    @handle(values.Interval)
    def interval(self, _node: Any, start: Any, end: Any) -> Period:
        return Period((_instant(start or Given(date.min)), _instant(end or Given(date.max))))

    @handle(ast.Function)
    def folded(self, _node: Any, operand: Any) -> Known | Given:
        if _operand(operand).kind != "text":
            raise FilterError("CASEI takes a text.")
        if isinstance(operand, Given):
            return Given(operand.value.casefold())
        return Known(operand.asked, folded=True)

    # --- Together -----------------------------------------------------------------------------------------------------

    @handle(ast.And, ast.Or)
    def combination(self, node: Any, left: Any, right: Any) -> Q:
        both = _condition(left), _condition(right)
        return both[0] & both[1] if isinstance(node, ast.And) else both[0] | both[1]

    @handle(ast.Not)
    def not_(self, _node: Any, inner: Any) -> Q:
        return ~_condition(inner)

    # --- Comparisons --------------------------------------------------------------------------------------------------

    @handle(ast.Comparison, subclasses=True)
    def comparison(self, node: Any, left: Any, right: Any) -> Q:
        return _compared(left, node.op.value, right)

    @handle(ast.Between)
    def between(self, node: Any, operand: Any, low: Any, high: Any) -> Q:
        within = _compared(operand, ">=", low) & _compared(operand, "<=", high)
        return ~within if node.not_ else within

    @handle(ast.In)
    def in_(self, node: Any, operand: Any, *options: Any) -> Q:
        found = _compared(operand, "=", options[0])
        for option in options[1:]:
            found |= _compared(operand, "=", option)
        return ~found if node.not_ else found

    @handle(ast.Like)
    def like(self, node: Any, operand: Any) -> Q:
        pattern = self.evaluate(node.pattern)
        if not (isinstance(operand, Known) and isinstance(pattern, Given) and operand.kind == pattern.kind == "text"):
            raise FilterError("LIKE compares a property that is a text with a pattern.")
        value = pattern_of(value_of(operand.asked, pattern.value))
        found = Q(Matches(operand.stored(), Value(value)))
        return ~found if node.not_ else found

    @handle(ast.IsNull)
    def null(self, node: Any, operand: Any) -> Q:
        if isinstance(operand, Known):
            return Q(IsNull(stored(operand.asked), not node.not_))
        if operand == Shape():
            return _always(node.not_)
        raise FilterError("IS NULL asks for a property.")

    # --- Time and space -----------------------------------------------------------------------------------------------

    @handle(*RELATIONS)
    def temporal(self, node: Any, left: Any, right: Any) -> Q:
        ends = _ends(left), _ends(right)
        found = Q()
        for mine, sign, other in RELATIONS[type(node)]:
            found &= _compared(ends[0][mine], sign, ends[1][other])
        return found

    @handle(ast.TimeDisjoint)
    def apart(self, _node: Any, left: Any, right: Any) -> Q:
        (start, end), (other_start, other_end) = _ends(left), _ends(right)
        return _compared(end, "<", other_start) | _compared(start, ">", other_end)

    @handle(ast.SpatialComparisonPredicate, subclasses=True)
    def spatial(self, node: Any, left: Any, right: Any) -> Q:
        lookup = LOOKUPS[type(node)]
        if isinstance(right, Shape) and right.given is None:
            left, right, lookup = right, left, TURNED.get(lookup, lookup)
        if not (isinstance(left, Shape) and isinstance(right, Shape)):
            raise FilterError(f"“{GEOMETRY}” and a shape are expected.")
        if right.given is None:
            return _always(lookup in ALIKE)
        if left.given is not None:
            return _always(getattr(left.given, lookup)(right.given))
        if right.given.geom_type == "GeometryCollection" and lookup not in ("intersects", "disjoint"):
            raise FilterError("Points, lines and areas together can only be asked for S_INTERSECTS and S_DISJOINT.")
        return self._lying(lookup, right.given)

    def _lying(self, lookup: str, shape: GEOSGeometry) -> Q:
        if lookup in ("intersects", "disjoint"):
            found = Q()
            for part in shape if isinstance(shape, GeometryCollection) else (shape,):
                part.srid = WGS84  # GEOS does not tell it to the parts
                found |= self.collection.touching(part)
            return ~found if lookup == "disjoint" else found
        if isinstance(self.collection.geometry, str):
            return Q(**{f"{self.collection.geometry}__{lookup}": shape})
        # What is computed is asked only where something of it touches at all.
        of_geometry: Any = GeometryField(srid=WGS84).get_lookup(lookup)
        return self.collection.touching(shape) & Q(of_geometry(self.collection.geometry, shape))


def _condition(found: Any) -> Q:
    if isinstance(found, Q):
        return found
    if isinstance(found, Given) and found.kind == "truth":
        return _always(found.value)
    raise FilterError("A condition is expected.")


def _always(truth: bool) -> Q:
    return Q(Value(truth, output_field=BooleanField()))


def _operand(found: Any) -> Any:
    if not isinstance(found, Known | Given):
        raise FilterError("A property or a value is expected.")
    return found


def _instant(found: Any) -> Known | Given:
    if _operand(found).kind not in ("day", "moment"):
        raise FilterError("A day or a time is expected.")
    operand: Known | Given = found
    return operand


def _ends(found: Any) -> tuple[Known | Given, Known | Given]:
    if isinstance(found, Period):
        return found.ends
    instant = _instant(found)
    return instant, instant


def _compared(left: Any, sign: str, right: Any) -> Q:
    left, right = _operand(left), _operand(right)
    if isinstance(left, Given) and isinstance(right, Known):
        left, sign, right = right, FLIPPED[sign], left
    kinds = {left.kind, right.kind}
    if "truth" in kinds and sign not in ("=", "<>"):
        raise FilterError("Truth values have no order.")
    if isinstance(left, Known) and isinstance(right, Given):
        value = value_of(left.asked, right.value)
        if sign in ("=", "<>") and left.kind == "text" and not left.folded:
            one_of_its_words(left.asked, value)
            if left.asked.equals:
                return left.asked.equals(value) if sign == "=" else ~left.asked.equals(value)
        return compared(_ordered(left.stored(), left.kind, sign), sign, value)
    if len(kinds) > 1 and kinds != {"day", "moment"}:
        raise FilterError(f"{WORDS[left.kind].capitalize()} cannot be compared with {WORDS[right.kind]}.")
    if isinstance(left, Given):
        pair = (left.value, right.value)
        if kinds & {"day", "moment"}:
            pair = (day_of(pair[0]), day_of(pair[1]))
        return _always(SIGNS[sign](*pair))
    return compared(_ordered(left.shown(), left.kind, sign), sign, right.shown())


def _ordered(expression: Any, kind: str, sign: str) -> Any:
    return InCodeOrder(expression) if kind == "text" and sign not in ("=", "<>") else expression
