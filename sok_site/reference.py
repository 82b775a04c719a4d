"""The OpenAPI document as the API's reference page shows it: endpoints in words, parameters, an example, fields."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# What the writes of every kind of entry have in common.
SUBMITTED = _(
    "Der Eintrag wartet auf die Prüfung, und Sie betreuen ihn. Gibt es ihn vielleicht schon, kommt 409 mit einer Liste."
)
CHANGED = _(
    "Für alle, die ihn betreuen. Was Sie nicht nennen, bleibt; eine Liste wird ganz ersetzt. Was eine Klasse bewegt, "
    "wartet auf die Prüfung (202), alles andere ist gleich öffentlich (200)."
)
CONFIRMED = _("Alles ist wie beschrieben. Das beantwortet auch die Jahresfrage.")
WITHDRAWN = _("Mit einem Grund. Die Prüfung kann den Eintrag zurückholen.")
AREA = _(
    "Zahlen, die schwächsten Gemeinden, die mit dem kürzesten Weg zur besseren Klasse, und wer sie warum wechselte."
)
# Operation → title and what it is good for. The document itself is in English; these are for people.
OPERATIONS: dict[str, tuple[Promise, Promise]] = {
    "getIndex": (_("Einstieg"), _("Die Adressen aller Endpunkte.")),
    "listMunicipalities": (
        _("Gemeinden"),
        _("Alle Gemeinden mit ihren Fakten, ihrer zentralörtlichen Stufe und ihrer Kohäsion, nach AGS geordnet."),
    ),
    "getMunicipality": (
        pgettext_lazy("Schnittstelle", "Eine Gemeinde"),
        _("Mit der Begründung ihrer Klasse: was sie trägt, woran es hängt, was fehlt und was genutzt werden könnte."),
    ),
    "listMunicipalityHistory": (
        _("Verlauf einer Gemeinde"),
        _("Ihre Werte in allen Bewertungen, die neueste zuerst, auch über Gebietsstände hinweg."),
    ),
    "listMunicipalityPlaces": (_("Orte in einer Gemeinde"), _("Die veröffentlichten Sozialen Orte einer Gemeinde.")),
    "listPlaces": (
        _("Orte"),
        _("Alle veröffentlichten Sozialen Orte mit Kriterien, Einschätzungen und Akteuren."),
    ),
    "getPlace": (_("Ein Ort"), _("Ein veröffentlichter Sozialer Ort.")),
    "listSupport": (
        _("Unterstützungsstrukturen"),
        _("Wer Sozialen Orten hilft: Beratung, Förderung, Netzwerke, mit den Gebieten, für die sie da sind."),
    ),
    "getSupport": (_("Eine Unterstützungsstruktur"), _("Eine veröffentlichte Unterstützungsstruktur.")),
    "listSpaces": (
        _("Möglichkeitsräume"),
        _("Räume, aus denen ein Sozialer Ort werden könnte: wo, wie groß, wem sie gehören, bis wann sie frei sind."),
    ),
    "getSpace": (_("Ein Möglichkeitsraum"), _("Ein veröffentlichter Möglichkeitsraum.")),
    "getInterplay": (
        _("Wechselspiel"),
        _("Wie viele Gemeinden welche Klasse und Stufe haben, auch wo es keine gibt; ohne gemeindefreie Gebiete."),
    ),
    "listAssessments": (_("Bewertungen"), _("Alle Bewertungen, die neueste zuerst.")),
    "getAssessment": (_("Eine Bewertung"), _("Mit den Parametern, nach denen gerechnet wurde.")),
    "getScores": (
        _("Werte als Spalten"),
        _(
            "Alle Gemeinden einer Bewertung in einer Antwort, ohne Geometrie: "
            "Der n-te Wert jeder Spalte gehört zur n-ten Gemeinde."
        ),
    ),
    "listChanges": (
        _("Änderungen"),
        _(
            "Was sich seit einem Zeitpunkt geändert hat, das Älteste zuerst: Klassen und Werte von Gemeinden, "
            "veröffentlichte, geänderte, entfernte und zusammengeführte Einträge, neue Gebietsstände und was mit "
            "Gemeinden geschah."
        ),
    ),
    "listDistricts": (_("Kreise"), _("Alle Kreise: wie viele Gemeinden welche Klasse haben.")),
    "getDistrict": (_("Ein Kreis"), AREA),
    "listStates": (_("Länder"), _("Alle Länder: wie viele Gemeinden welche Klasse haben.")),
    "getState": (_("Ein Land"), AREA),
    "listPlanningRegions": (
        _("Planungsregionen"),
        _("Alle Planungsregionen, die hier angelegt sind: wie viele Gemeinden welche Klasse haben."),
    ),
    "getPlanningRegion": (_("Eine Planungsregion"), AREA),
    "listExports": (
        _("Dateien"),
        _("Jede Ebene als Datei in jedem Format, mit Herkunft und Lizenz darin, und alle zusammen als GeoPackage."),
    ),
    "getExport": (
        _("Eine Datei"),
        _("Ganz oder ein Teil davon. Sie wird neu gebaut, wenn sich die Daten geändert haben."),
    ),
    "submitPlace": (_("Einen Ort eintragen"), SUBMITTED),
    "changePlace": (_("Einen Ort ändern"), CHANGED),
    "confirmPlace": (_("Einen Ort bestätigen"), CONFIRMED),
    "withdrawPlace": (_("Einen Ort aus der Öffentlichkeit nehmen"), WITHDRAWN),
    "submitSupport": (_("Eine Unterstützungsstruktur eintragen"), SUBMITTED),
    "changeSupport": (_("Eine Unterstützungsstruktur ändern"), CHANGED),
    "confirmSupport": (_("Eine Unterstützungsstruktur bestätigen"), CONFIRMED),
    "withdrawSupport": (_("Eine Unterstützungsstruktur aus der Öffentlichkeit nehmen"), WITHDRAWN),
    "submitSpace": (_("Einen Möglichkeitsraum eintragen"), SUBMITTED),
    "changeSpace": (_("Einen Möglichkeitsraum ändern"), CHANGED),
    "confirmSpace": (_("Einen Möglichkeitsraum bestätigen"), CONFIRMED),
    "withdrawSpace": (_("Einen Möglichkeitsraum aus der Öffentlichkeit nehmen"), WITHDRAWN),
    "listSubmissions": (
        _("Eigene Einreichungen"),
        _("Was Sie eingereicht haben, das Neueste zuerst: wie es steht und was die Prüfung dazu sagt."),
    ),
    "getSubmission": (_("Eine eigene Einreichung"), _("Wie es um sie steht und was die Prüfung dazu sagt.")),
    "replyToReviewers": (_("Eine Rückfrage beantworten"), _("Die Einreichung wartet dann wieder auf die Prüfung.")),
    "withdrawSubmission": (
        _("Eine Einreichung zurückziehen"),
        _("Solange niemand entschieden hat. Ein neuer Eintrag wird damit archiviert."),
    ),
}
PARAMETERS: dict[str, Promise] = {
    "ags": _("Amtlicher Gemeindeschlüssel, 8 Ziffern"),
    "id": _("Kennung"),
    "state": _("in einem dieser Länder (2 Ziffern)"),
    "district": _("in einem dieser Kreise (5 Ziffern)"),
    "municipality": _("in einer dieser Gemeinden (AGS)"),
    "zok_tier": _("mit einer dieser zentralörtlichen Stufen"),
    "cohesion_class": _("mit einer dieser Klassen"),
    "name": _("Der Name beginnt so."),
    "assessment": _(
        "Kennung einer Bewertung und damit ihres Gebietsstands; sonst die neueste des geltenden Gebietsstands"
    ),
    "kind": _("von einer dieser Arten"),
    "status": _("in einem dieser Zustände"),
    "role_missing": _("Mindestens eine dieser Rollen der Trias ist unbesetzt."),
    "serves": _("für diese Gemeinde da (AGS)"),
    "bbox": _("nur was dieses Rechteck berührt: minlon,minlat,maxlon,maxlat in Grad (WGS 84)"),
    "near": _("nur was höchstens so viele Meter von einem Punkt entfernt ist: lon,lat,metres (Grad, WGS 84)"),
    "ordering": _("Reihenfolge; mit „-“ davor absteigend, Unbekanntes zuletzt"),
    "fields": _("nur diese Felder"),
    "delimiter": _("Trennzeichen in CSV; „;“ schreibt die Datei für Tabellenprogramme"),
    "key": _("Schlüssel des Gebiets"),
    "compared_with": _("Kennung einer früheren Bewertung; sonst die neueste, die ein Jahr älter ist, oder die älteste"),
    "asOf": _("wie es am Ende dieses Tages öffentlich war"),
    "Range": _("ein Teil der Datei, in Bytes"),
    "duplicates": _("„accepted“: eintragen, auch wenn es etwas Ähnliches schon gibt"),
    "Idempotency-Key": _(
        "von Ihnen gewählt, am besten eine UUID: geht die Antwort verloren und Sie senden dasselbe noch einmal, "
        "entsteht nichts doppelt (24 Stunden lang)"
    ),
    "If-Match": _("der ETag, den Sie zuletzt gelesen haben, oder *; ohne ihn kommt 428, ist er alt, 412"),
    "If-Unmodified-Since": _("der Header Last-Modified dazu; dann sagt 412, was sich seitdem geändert hat"),
    "since": _("danach: ein Tag oder Zeitpunkt (ISO 8601) oder der „cursor“ einer früheren Antwort"),
    "limit": _("höchstens so viele Ereignisse"),
    "page": _("welche Seite, ab 1"),
    "page_size": _("Einträge je Seite"),
    "format": _("Format der Antwort; geht dem Accept-Header vor"),
}
EXAMPLE_QUERIES = {
    "listMunicipalities": "?zok_tier=grundzentrum&cohesion_class=risky&format=geojson",
    "listMunicipalityHistory": "?format=csv",
    "listMunicipalityPlaces": "?status=active,planned",
    "listPlaces": "?role_missing=promoter&format=csv",
    "getPlace": "?format=geojson",
    "listSupport": "?kind=advice,funding&format=csv",
    "listSpaces": "?status=active&format=geojson",
    "getInterplay": "?state=06",
}
TYPES: dict[tuple[str, str], Promise] = {
    ("string", ""): _("Text"),
    ("string", "date"): _("Datum"),
    ("string", "date-time"): _("Zeitpunkt"),
    ("string", "uri"): _("Adresse"),
    ("number", ""): _("Zahl"),
    ("number", "double"): _("Zahl"),
    ("integer", ""): _("ganze Zahl"),
    ("boolean", ""): _("ja oder nein"),
    ("object", ""): _("Objekt"),
    ("array", ""): _("Liste"),
}


@dataclass(frozen=True)
class Parameter:
    name: str
    text: Promise
    type: Promise
    values: list[str]
    several: bool
    default: str
    limits: str
    place: str  # path, query or header
    required: bool


@dataclass(frozen=True)
class Field:
    name: str  # with dots into objects and [] into lists
    type: Promise
    values: list[str]
    limits: str
    nullable: bool
    optional: bool
    description: str  # English, as in the document


@dataclass(frozen=True)
class Endpoint:
    operation: str
    method: str
    path: str
    title: Promise
    text: Promise
    parameters: list[Parameter]
    formats: list[str]
    example: str
    command: str  # to copy
    needs_key: bool
    is_list: bool
    body: list[Field]  # what is sent
    fields: list[Field]  # what is answered
    problems: list[str]  # the statuses, of what writes


def reference(document: dict[str, Any], root: str, examples: dict[str, str]) -> list[Endpoint]:
    """Every endpoint of the document. ``root``: scheme and host; ``examples``: path → a path that exists."""
    return [
        _endpoint(document, path, method, operation, root, examples)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def _endpoint(
    document: dict[str, Any], path: str, method: str, operation: dict[str, Any], root: str, examples: dict[str, str]
) -> Endpoint:
    name = operation["operationId"]
    title, text = OPERATIONS[name]
    done = next(response for status, response in operation["responses"].items() if status.startswith("2"))
    content = done.get("content", {}).get("application/json", {"schema": {"properties": {}}})
    answer = _resolved(document, content["schema"])
    sent = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    sent = {**sent, "schema": _resolved(document, sent["schema"])} if sent else {}
    parameters = operation.get("parameters", [])
    is_list = "count" in answer["properties"]
    shown = answer["properties"]["results"]["items"] if is_list else answer
    example = f"{root}{examples.get(path, path)}{EXAMPLE_QUERIES.get(name, '')}"
    needs_key = bool(operation.get("security"))
    return Endpoint(
        operation=name,
        method=method.upper(),
        path=path,
        title=title,
        text=text,
        parameters=[_parameter(parameter) for parameter in parameters],
        formats=next(
            (sorted(p["schema"]["enum"], reverse=True) for p in parameters if p["name"] == "format"), ["json"]
        ),
        example=example,
        command=_command(method.upper(), example, parameters, sent, needs_key=needs_key),
        needs_key=needs_key,
        is_list=is_list,
        body=list(_fields(document, sent["schema"])) if sent else [],
        fields=list(_fields(document, shown)),
        problems=[status for status in operation["responses"] if method != "get" and status >= "4"],
    )


def _command(
    method: str, address: str, parameters: list[dict[str, Any]], sent: dict[str, Any], *, needs_key: bool
) -> str:
    """The line to try; $SOK_KEY stands for the reader's own key."""
    parts = ["curl" if method in ("GET", "POST") and (sent or method == "GET") else f"curl -X {method}"]
    if needs_key:
        parts.append('-H "Authorization: Bearer $SOK_KEY"')
    if any(parameter["name"] == "If-Match" for parameter in parameters):
        parts.append("""-H 'If-Match: "…"'""")
    if sent:
        named = dict.fromkeys(sent["schema"].get("required", []), "…")
        value = next((example["value"] for example in sent.get("examples", {}).values()), named)
        members = [json.dumps({name: part}, ensure_ascii=False)[1:-1] for name, part in value.items()]
        parts.append("--json '{\n    " + ",\n    ".join(members) + "\n  }'")
    return " \\\n  ".join([*parts, f'"{address}"']) if len(parts) > 1 else f'{parts[0]} "{address}"'


def _parameter(parameter: dict[str, Any]) -> Parameter:
    schema = parameter["schema"]
    items = schema.get("items", schema)
    return Parameter(
        name=parameter["name"],
        text=PARAMETERS[parameter["name"]],
        type=_type(items),
        values=_values(items),
        several=schema["type"] == "array",
        default=str(schema.get("default", "")),
        limits=_limits(items),
        place=parameter["in"],
        required=parameter.get("required", False),
    )


def _fields(document: dict[str, Any], schema: dict[str, Any], above: str = "") -> Iterator[Field]:
    schema = _resolved(document, schema)
    for name, stated in schema["properties"].items():
        whole = _resolved(document, stated)
        items = _resolved(document, whole["items"]) if "items" in whole else {}
        told = items if items and "properties" not in items else whole
        yield Field(
            name=f"{above}{name}",
            type=_type(whole),
            values=_values(told),
            limits=_limits(told),
            nullable=_is_nullable(stated) or _is_nullable(told),
            optional=name not in schema.get("required", []),
            description=stated.get("description", "") or whole.get("description", ""),
        )
        if "properties" in whole:
            yield from _fields(document, whole, f"{above}{name}.")
        elif "properties" in items:
            yield from _fields(document, items, f"{above}{name}[].")


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The schema itself where it is a reference, alone or beside null."""
    for wrapping in ("oneOf", "allOf", "anyOf"):  # of an item and a part of it: the item
        for choice in schema.get(wrapping, []):
            if "$ref" in choice:
                return _resolved(document, choice)
    if "$ref" not in schema:
        return schema
    found: dict[str, Any] = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    return found


def _is_nullable(schema: dict[str, Any]) -> bool:
    return "null" in _types(schema) or {"type": "null"} in schema.get("oneOf", [])


def _types(schema: dict[str, Any]) -> list[str]:
    types = schema.get("type", [])
    return types if isinstance(types, list) else [types]


def _type(schema: dict[str, Any]) -> Promise:
    (name,) = [name for name in _types(schema) if name != "null"]
    return TYPES[name, schema.get("format", "")]


def _values(schema: dict[str, Any]) -> list[str]:
    return [value for value in schema.get("enum", []) if value is not None]


def _limits(schema: dict[str, Any]) -> str:
    """ "0–1", "1–1000", "≥ 1", or nothing."""
    if "minimum" not in schema:
        return ""
    return f"{schema['minimum']}–{schema['maximum']}" if "maximum" in schema else f"≥\u00a0{schema['minimum']}"
