"""The municipalities of the map page as the reader asks for them: found, filtered, counted, sorted, paged. No database.

The twins in the browser are static/js/map/state.js, names.js and filters.js; they read the same parameters.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.urls import reverse

from cohesion.vocabulary import CohesionClass
from places import keys
from places.vocabulary import ZokTier

UNKNOWN_TIER = "unknown"
TIERS = (*ZokTier.values, UNKNOWN_TIER)
COLUMNS = ("name", "cohesion_class", "zok_tier", "supply", "supply_after_loss", "renewal", "population")
LISTS = ("places", "support", "spaces")
PAGE_SIZE = 200  # as many as the browser shows at first

_GERMAN_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@dataclass(frozen=True)
class Row:
    """A municipality of the table. Field names are the columns of /api/v1/scores/."""

    ags: str
    name: str
    zok_tier: str
    population: int | None
    cohesion_class: str
    supply: float | None
    supply_after_loss: float | None
    renewal: float | None

    @property
    def tier(self) -> str:
        """The tier as the filter knows it."""
        return self.zok_tier or UNKNOWN_TIER

    def get_absolute_url(self) -> str:
        return reverse("municipality", args=[self.ags, keys.slug(self.name)])


@dataclass(frozen=True)
class Asked:
    """What the query of the address asks for; what is unknown or wrong in it is passed over."""

    classes: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    text: str = ""
    sort: str = "name"
    page: int = 1
    list: str = ""  # what the table shows: municipalities, or one kind of entry

    @classmethod
    def read(cls, query: QueryDict) -> "Asked":
        sort, page = query.get("sort", "name"), query.get("page", "1")
        return cls(
            classes=tuple(value for value in CohesionClass.values if value in query.getlist("class")),
            tiers=tuple(value for value in TIERS if value in query.getlist("tier")),
            text=query.get("q", "").strip(),
            sort=sort if sort.removeprefix("-") in COLUMNS else "name",
            list=query.get("list", "") if query.get("list") in LISTS else "",
            page=int(page) if re.fullmatch(r"[1-9][0-9]{0,5}", page) else 1,
        )

    @property
    def is_filtered(self) -> bool:
        """Whether some municipalities may be held back."""
        return bool(self.classes or self.tiers or self.text)


@dataclass(frozen=True)
class Overview:
    """One page of rows, and what the legend says beside it."""

    rows: Sequence[Row]
    found: int
    total: int
    pages: int
    page: int
    class_counts: dict[str, int]  # what each box of the legend would show, the others being as they are
    tier_counts: dict[str, int]

    @property
    def previous(self) -> int:
        return self.page - 1

    @property
    def following(self) -> int:
        return self.page + 1

    @classmethod
    def of(cls, rows: Sequence[Row], asked: Asked) -> "Overview":
        """``rows`` as ``asked``; a page beyond the last is the last."""
        named = [row for row in rows if found_by(asked.text, row)]
        of_class = [row for row in named if not asked.classes or row.cohesion_class in asked.classes]
        of_tier = [row for row in named if not asked.tiers or row.tier in asked.tiers]
        shown = [row for row in of_class if not asked.tiers or row.tier in asked.tiers]
        pages = max(1, -(-len(shown) // PAGE_SIZE))
        page = min(asked.page, pages)
        first = (page - 1) * PAGE_SIZE
        return cls(
            rows=ordered(shown, asked.sort)[first : first + PAGE_SIZE],
            found=len(shown),
            total=len(rows),
            pages=pages,
            page=page,
            class_counts=_counts(CohesionClass.values, (row.cohesion_class for row in of_tier)),
            tier_counts=_counts(TIERS, (row.tier for row in of_class)),
        )


def _counts(values: Iterable[str], found: Iterable[str]) -> dict[str, int]:
    counter = Counter(found)
    return {value: counter[value] for value in values}


def found_by(text: str, row: Row) -> bool:
    """Whether a typed name or key finds the municipality: a key by its beginning, a name by any part of it."""
    if not text:
        return True
    if text.isascii() and text.isdigit():
        return row.ags.startswith(text)
    return any(wanted in name for wanted, name in zip(fold(text), fold(row.name), strict=True))


def fold(text: str) -> tuple[str, str]:
    """Both ways to write a name without umlauts: "Höxter" → ("hoexter", "hoxter")."""
    tidy = unicodedata.normalize("NFC", " ".join(text.lower().split()))
    return _without_marks(tidy.translate(_GERMAN_LETTERS)), _without_marks(tidy.replace("ß", "ss"))


def _without_marks(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))


def ordered(rows: Iterable[Row], sort: str) -> list[Row]:
    """Rows by a column, "-" turns it round; not known comes last either way, equal rows by name (DIN 5007)."""
    column, descending = sort.removeprefix("-"), sort.startswith("-")
    by_name = sorted(rows, key=lambda row: (fold(row.name)[1], row.ags), reverse=descending and column == "name")
    if column == "name":
        return by_name
    order = {"cohesion_class": CohesionClass.values, "zok_tier": ZokTier.values}.get(column)
    known = [(row, getattr(row, column)) for row in by_name if getattr(row, column) not in (None, "")]
    known.sort(key=lambda pair: order.index(pair[1]) if order else pair[1], reverse=descending)
    return [row for row, _ in known] + [row for row in by_name if getattr(row, column) in (None, "")]
