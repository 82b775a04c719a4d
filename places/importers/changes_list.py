"""The official list of territorial changes (Destatis, Namens-, Grenz- und Schlüsseländerungen) between two editions.

Read, checked against both editions, and followed from key to key: A became B, and B became C, is A became C. Who keeps
what comes of it: edition_change.py.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from places import keys
from places.importers.report import Report
from places.importers.rows import Column, Rejected, Row, read_table, text, whole_number
from places.vocabulary import SuccessionKind

MUNICIPALITY = "Gemeinde"  # the list also tells of associations (Gemeindeverband), which the atlas does not know
DISSOLVED, PART, KEY_CHANGED, RENAMED = "1", "2", "3", "4"
MOST_METRES = 10_000_000_000
MOST_RESIDENTS = 100_000_000


def german_day(cell: str) -> date:
    """A date as DD.MM.YYYY, which is how the list writes it, or as YYYY-MM-DD."""
    parts = cell.split(".")
    try:
        return date(int(parts[2]), int(parts[1]), int(parts[0])) if len(parts) == 3 else date.fromisoformat(cell)
    except ValueError:
        raise ValueError("not a date as DD.MM.YYYY") from None


def _kinds(cell: str) -> tuple[str, ...]:
    kinds = tuple(part.strip() for part in cell.split(","))
    if not set(kinds) <= {DISSOLVED, PART, KEY_CHANGED, RENAMED}:
        raise ValueError("neither 1 (dissolved) nor 2 (part moved), 3 (new key), 4 (new name)")
    return kinds


COLUMNS = (
    Column("datei", text(200)),
    Column("kennziffer", text(100)),
    Column("regionaleinheit", text(100), required=True),
    Column("ars_abgebend", text(12)),
    Column("ags_abgebend", keys.parse_ags),
    Column("name_abgebend", text(200)),
    Column("aenderungsart", _kinds, required=True),
    Column("flaeche_qm", whole_number(0, MOST_METRES)),
    Column("einwohner", whole_number(0, MOST_RESIDENTS)),
    Column("ars_aufnehmend", text(12)),
    Column("ags_aufnehmend", keys.parse_ags),
    Column("name_aufnehmend", text(200)),
    Column("wirksam_juristisch", german_day, required=True),
    Column("wirksam_statistisch", german_day),
)


@dataclass(frozen=True)
class Part:
    """What went from one municipality of the earlier edition to one of the newer: its shares, and how it is told."""

    area: float
    residents: float | None  # None: not counted
    kind: SuccessionKind
    effective_on: date | None  # None: no list says it
    reference: str


# For each key of the earlier edition that the list tells of: its parts by their key in the newer one.
Official = dict[str, dict[str, Part]]


@dataclass(frozen=True)
class _Move:
    """One row that concerns the two editions."""

    line: int
    giving: str
    taking: str
    kinds: tuple[str, ...]
    metres: int | None
    residents: int | None
    effective_on: date
    reference: str


def read_changes(
    path: Path,
    *,
    after: date,
    until: date,
    earlier: Collection[str],
    newer: Collection[str],
    rejected: Rejected,
    report: Report,
) -> Official:
    """The changes that took effect after the day of the earlier edition, until the day of the newer one.

    ``earlier``, ``newer``: the keys of both. Rows of other times, of associations and of areas that are not loaded are
    counted; rows that the boundaries contradict go to ``rejected``. Raises RefusedError where the file is none.
    """
    rows = []
    for row in read_table(path, COLUMNS, rejected):
        if row.values["regionaleinheit"] != MUNICIPALITY:
            report.count("changes of associations, left out")
        elif _complete(row, rejected) and _is_between(row, after, until):
            rows.append(row)
        elif row.line not in rejected.lines:
            report.count("changes of another time, left out")
    moves = _checked(rows, after, until, set(earlier), set(newer), rejected, report)
    return _followed(moves, set(earlier), set(newer), report)


def _complete(row: Row, rejected: Rejected) -> bool:
    for name in ("ags_abgebend", "ags_aufnehmend"):
        if row.values.get(name) is None:
            rejected.add(row.line, name, "a value is required", "")
    return row.line not in rejected.lines


def _days(row: Row) -> tuple[date, date]:
    """When it took effect by law, and when in the statistics, whose keys the boundaries may follow."""
    legally: date = row.values["wirksam_juristisch"]
    return legally, row.values.get("wirksam_statistisch") or legally


def _is_between(row: Row, after: date, until: date) -> bool:
    return any(after < day <= until for day in _days(row))


def _checked(
    rows: Sequence[Row],
    after: date,
    until: date,
    earlier: set[str],
    newer: set[str],
    rejected: Rejected,
    report: Report,
) -> list[_Move]:
    """The rows as moves, in the order in which they took effect, each once, none that the boundaries contradict."""
    moves: list[_Move] = []
    lines: dict[tuple[str, str, date], int] = {}
    dissolved = {
        row.values["ags_abgebend"] for row in rows if {DISSOLVED, KEY_CHANGED} & set(row.values["aenderungsart"])
    }
    pairs = {(row.values["ags_abgebend"], row.values["ags_aufnehmend"], _days(row)[0]) for row in rows}
    districts = {keys.district_key(key) for key in newer}
    for row in rows:
        said = row.values
        giving, taking, kinds = said["ags_abgebend"], said["ags_aufnehmend"], said["aenderungsart"]
        in_force = all(after < day <= until for day in _days(row))
        leaves = giving != taking and bool({DISSOLVED, KEY_CHANGED} & set(kinds))
        if PART in kinds and (giving, giving, _days(row)[0]) not in pairs:
            rejected.add(row.line, "aenderungsart", "a part moved, and no row says what remained", PART)
        elif (giving, taking, _days(row)[0]) in lines:
            known = lines[giving, taking, _days(row)[0]]
            rejected.add(row.line, "ags_aufnehmend", f"this change is in line {known} already", taking)
        elif leaves and giving in newer and giving not in _takers(rows, after=row):
            if in_force:
                rejected.add(row.line, "ags_abgebend", f"is still in the edition {until}", giving)
            else:
                report.count("changes that these boundaries do not show yet, left out")
        elif taking not in newer and taking not in dissolved and keys.district_key(taking) in districts:
            if in_force:
                rejected.add(row.line, "ags_aufnehmend", f"no municipality of the edition {until} has this key", taking)
            else:
                report.count("changes that these boundaries do not show yet, left out")
        else:
            moves.append(
                _Move(
                    line=row.line,
                    giving=giving,
                    taking=taking,
                    kinds=kinds,
                    metres=said.get("flaeche_qm"),
                    residents=said.get("einwohner"),
                    effective_on=_days(row)[0],
                    reference=said.get("kennziffer") or "",
                )
            )
        lines.setdefault((giving, taking, _days(row)[0]), row.line)
    return sorted(moves, key=lambda move: (move.effective_on, move.line))


def _takers(rows: Sequence[Row], after: Row) -> set[str]:
    """Keys that a later row founds: a key may be given up and taken again."""
    return {row.values["ags_aufnehmend"] for row in rows if _days(row)[0] > _days(after)[0]}


def _followed(moves: Sequence[_Move], earlier: set[str], newer: set[str], report: Report) -> Official:
    """From key to key through the whole time: what became of each key of the earlier edition."""
    became: Official = {}
    groups: dict[tuple[date, str, str], list[_Move]] = {}
    for move in moves:
        groups.setdefault((move.effective_on, move.reference, move.giving), []).append(move)
    for (_, _, giving), group in groups.items():
        parts = _parts(group)
        if parts is None:
            report.count("changes of the longer key (ARS) only, left out")
            continue
        known = {old: now[giving] for old, now in became.items() if giving in now}
        if giving in earlier and giving not in became:
            known[giving] = Part(1.0, 1.0, SuccessionKind.REMAINED, group[0].effective_on, "")
        if not known:
            report.count("changes of municipalities that are not loaded, left out", len(group))
        for old, before in known.items():
            now = became.setdefault(old, {})
            now.pop(giving, None)
            for taking, part in parts.items():
                now[taking] = _joined(now.get(taking), before, part)
    loaded = {old: {key: part for key, part in now.items() if key in newer} for old, now in became.items()}
    report.count(
        "changes into municipalities that are not loaded, left out",
        sum(len(now) - len(loaded[old]) for old, now in became.items()),
    )
    return {old: now for old, now in loaded.items() if now}


def _parts(group: Sequence[_Move]) -> dict[str, Part] | None:
    """What one municipality gave at one time, by who took it; None where only what the atlas does not keep changed."""
    first = group[0]
    if {DISSOLVED, PART} & {kind for move in group for kind in move.kinds}:
        metres, residents = _shares([move.metres for move in group]), _shares([move.residents for move in group])
        if metres is None:
            metres = residents or [1 / len(group)] * len(group)
        dissolved = any(DISSOLVED in move.kinds for move in group)
        return {
            move.taking: Part(metres[index], residents[index] if residents else None, kind, move.effective_on, ref)
            for index, move in enumerate(group)
            for kind, ref in [(_kind(move, dissolved), move.reference)]
        }
    if KEY_CHANGED in first.kinds and first.taking != first.giving:
        return {first.taking: Part(1.0, 1.0, SuccessionKind.KEY_CHANGED, first.effective_on, first.reference)}
    if RENAMED in first.kinds:
        return {first.taking: Part(1.0, 1.0, SuccessionKind.RENAMED, first.effective_on, first.reference)}
    return None


def _kind(move: _Move, dissolved: bool) -> SuccessionKind:
    if dissolved:
        return SuccessionKind.DISSOLVED
    return SuccessionKind.REMAINED if move.taking == move.giving else SuccessionKind.PART


def _shares(numbers: Sequence[int | None]) -> list[float] | None:
    """Each of the sum; None where one is not known or there is nothing to share."""
    known = [number for number in numbers if number is not None]
    total = sum(known)
    return [number / total for number in known] if total and len(known) == len(numbers) else None


def _joined(there: Part | None, before: Part, part: Part) -> Part:
    """A part of a part; it adds to what the same municipality has taken before."""
    residents = None if before.residents is None or part.residents is None else before.residents * part.residents
    # What ended a municipality is told, not what happened to its successor later
    stayed = {SuccessionKind.KEY_CHANGED, SuccessionKind.RENAMED, SuccessionKind.REMAINED}
    taken = replace(part if before.kind in stayed else before, area=before.area * part.area, residents=residents)
    if there is None:
        return taken
    both = None if there.residents is None or taken.residents is None else there.residents + taken.residents
    return replace(taken, area=there.area + taken.area, residents=both)
