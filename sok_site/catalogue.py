"""/catalog.jsonld: the open data of this installation as DCAT-AP.de describes such things, for data portals to harvest.
Words stand here in both languages at once, because a catalogue has no reader's language."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.gis.db.models import Extent
from django.contrib.gis.geos import Polygon
from django.db.models import Max, Min
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.http import http_date

from cohesion.models import Assessment
from places.data_version import current_version
from places.models import BoundaryEdition, Entry, Municipality, Place, Region, Space, Support
from sok_site.exports.files import EXPORTS
from sok_site.licence import licence_address

Words = Mapping[str, str]  # language → text
Data = dict[str, Any]

CONTEXT: Data = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dcatde": "http://dcat-ap.de/def/dcatde/",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "gsp": "http://www.opengis.net/ont/geosparql#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
EU = "http://publications.europa.eu/resource/authority/"
GEOCODING = "http://dcat-ap.de/def/politicalGeocoding/"
OGC_API_FEATURES = "http://www.opengis.net/def/interface/ogcapi-features"
INVENTED = {"de": " Die Orte dieser Demo sind frei erfunden.", "en": " The places of this demo are invented."}


class Described(NamedTuple):
    """A dataset in words, and where the API has it."""

    key: str
    title: Words
    description: Words
    keywords: Words
    view: str  # of the list in the API
    collection: str  # in the OGC API
    formats: tuple[str, ...] = ("json", "geojson", "csv")


MUNICIPALITIES = Described(
    "municipalities",
    {"de": "Sozialer Zusammenhalt der Gemeinden", "en": "Social cohesion of municipalities"},
    {
        "de": "Je Gemeinde die Klasse des Zusammenhalts, die Zahlen dahinter und die zentralörtliche Stufe.",
        "en": "For each municipality its cohesion class, the figures behind it, and its central-place tier.",
    },
    {"de": "Soziale Orte, Zusammenhalt, Zentrale Orte, Gemeinden", "en": "cohesion, central places, municipalities"},
    "api:municipality-list",
    "municipalities",
)
SCORES = Described(
    "scores",
    {"de": "Bewertung aller Gemeinden als Tabelle", "en": "Scores of all municipalities as a table"},
    {
        "de": "Alle Werte der neuesten Bewertung in einer Tabelle, ohne Geometrie.",
        "en": "All figures of the newest assessment in one table, without geometry.",
    },
    {"de": "Soziale Orte, Zusammenhalt, Bewertung, Gemeinden", "en": "cohesion, scores, municipalities"},
    "api:scores",
    "",
    ("json", "csv"),
)
ENTRIES: dict[type[Place | Support | Space], Described] = {
    Place: Described(
        "places",
        {"de": "Soziale Orte", "en": "Social places (Soziale Orte)"},
        {
            "de": "Orte, an denen Menschen einander begegnen: Lage, Art, Kriterien, Bedingungen und wer sie trägt.",
            "en": "Places where people meet: location, kind, criteria, conditions and who carries them.",
        },
        {"de": "Soziale Orte, Treffpunkte, Ehrenamt", "en": "social places, meeting places, volunteering"},
        "api:place-list",
        "places",
    ),
    Support: Described(
        "support",
        {"de": "Unterstützung für Soziale Orte", "en": "Support for social places"},
        {
            "de": "Beratung, Förderung und Netzwerke mit Sitz und Wirkungsgebiet.",
            "en": "Advice, funding and networks, with their seats and the areas that they serve.",
        },
        {"de": "Soziale Orte, Beratung, Förderung", "en": "social places, advice, funding"},
        "api:support-list",
        "support",
    ),
    Space: Described(
        "spaces",
        {"de": "Möglichkeitsräume", "en": "Spaces of possibility"},
        {
            "de": "Räume, aus denen Soziale Orte werden könnten: Lage, Art, Fläche und Verfügbarkeit.",
            "en": "Spaces that could become social places: location, kind, size and availability.",
        },
        {"de": "Leerstand, Räume, Zwischennutzung", "en": "vacancy, rooms, interim use"},
        "api:space-list",
        "spaces",
    ),
}


class Format(NamedTuple):
    """What a file of a format is called."""

    title: Words
    media_type: str
    file_type: str


FORMATS = {
    "json": Format({"de": "JSON der REST-Schnittstelle", "en": "JSON of the REST API"}, "application/json", "JSON"),
    "geojson": Format({"de": "GeoJSON, seitenweise", "en": "GeoJSON, in pages"}, "application/geo+json", "GEOJSON"),
    "csv": Format({"de": "CSV-Tabelle", "en": "CSV table"}, "text/csv", "CSV"),
}
# Whole layers, each as one file (exports/files.py), by the endings of their names.
FILES = {
    "gpkg": Format({"de": "Alles als GeoPackage", "en": "All as GeoPackage"}, "application/geopackage+sqlite3", "GPKG"),
    "parquet": Format(
        {"de": "Alles als GeoParquet", "en": "All as GeoParquet"}, "application/vnd.apache.parquet", "PARQUET"
    ),
    "geojson": Format({"de": "Alles als GeoJSON", "en": "All as GeoJSON"}, "application/geo+json", "GEOJSON"),
    "xlsx": Format(
        {"de": "Alles als Excel-Tabelle", "en": "All as Excel workbook"},
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "XLSX",
    ),
    "csv": Format({"de": "Alles als CSV-Tabelle", "en": "All as CSV table"}, "text/csv", "CSV"),
}


def catalogue(request: HttpRequest) -> JsonResponse:
    """The catalogue as it is now."""
    headers = {"Access-Control-Allow-Origin": "*"}
    if changed_at := current_version().at:
        headers["Last-Modified"] = http_date(changed_at.timestamp())
    options = {"ensure_ascii": False}
    return JsonResponse(document(), content_type="application/ld+json", json_dumps_params=options, headers=headers)


def document() -> Data:
    """The catalogue with its datasets, as JSON-LD."""
    edition = BoundaryEdition.objects.current()
    invented = any(model._default_manager.filter(is_fictional=True).exists() for model in ENTRIES)
    common = {**_of_all(edition), "invented": invented}
    datasets = [_municipalities(edition, described, common) for described in (MUNICIPALITIES, SCORES)]
    datasets += [_entries(model, described, common) for model, described in ENTRIES.items()]
    modified = max((found["dct:modified"]["@value"] for found in datasets if "dct:modified" in found), default="")
    return _known(
        {
            "@context": CONTEXT,
            "@id": _address("catalogue"),
            "@type": "dcat:Catalog",
            "dct:title": _worded({"de": "Offene Daten des SOK-Atlas", "en": "Open data of SOK-Atlas"}),
            "dct:description": _worded(
                {
                    "de": "Soziale Orte und sozialer Zusammenhalt, Gemeinde für Gemeinde.",
                    "en": "Social places and social cohesion, municipality by municipality.",
                },
                INVENTED if invented else {},
            ),
            "foaf:homepage": {"@id": f"{settings.SITE_URL}/"},
            "dct:language": _languages(),
            "dct:publisher": _publisher(),
            "dct:modified": _time(modified),
            "dct:spatial": common["dct:spatial"],
            "dcat:service": _service(),
            "dcat:dataset": datasets,
        }
    )


def _of_all(edition: BoundaryEdition | None) -> Data:
    """What every dataset says alike."""
    within = Municipality.objects.of_edition(edition) if edition else Municipality.objects.none()
    box = within.aggregate(box=Extent("geometry"))["box"]
    states = Region.objects.filter(edition=edition, key__regex=r"^[0-9]{2}$") if edition else Region.objects.none()
    spatial: Data | None = None
    if box:
        polygon = Polygon.from_bbox(tuple(round(edge, 4) for edge in box))
        spatial = {"@type": "dct:Location", "dcat:bbox": {"@type": "gsp:wktLiteral", "@value": polygon.wkt}}
    attribution = " · ".join(filter(None, (settings.OPERATOR["name"], edition.attribution if edition else "")))
    return {
        "dct:spatial": spatial,
        "dcatde:politicalGeocodingURI": [{"@id": f"{GEOCODING}stateKey/{state.key}"} for state in states],
        "attribution": attribution,
    }


def _municipalities(edition: BoundaryEdition | None, described: Described, common: Data) -> Data:
    assessments = Assessment.objects.of_edition(edition) if edition else Assessment.objects.none()
    known = assessments.aggregate(first=Min("as_of"), last=Max("as_of"), at=Max("created_at"))
    modified = max(filter(None, (known["at"], edition.imported_at if edition else None)), default=None)
    return _dataset(described, common, known["first"], known["last"], modified)


def _entries(model: type[Entry], described: Described, common: Data) -> Data:
    published: Any = model._default_manager
    known = published.published().aggregate(first=Min("confirmed_on"), last=Max("confirmed_on"), at=Max("updated_at"))
    return _dataset(described, common, known["first"], known["last"], known["at"])


def _dataset(
    described: Described, common: Data, first: date | None, last: date | None, modified: datetime | None
) -> Data:
    identifier = f"{_address('catalogue')}#{described.key}"
    period = {"@type": "dct:PeriodOfTime", "dcat:startDate": _day(first), "dcat:endDate": _day(last)}
    return _known(
        {
            "@id": identifier,
            "@type": "dcat:Dataset",
            "dct:identifier": identifier,
            "dct:title": _worded(described.title),
            "dct:description": _worded(described.description, INVENTED if common["invented"] else {}),
            "dcat:keyword": [
                {"@language": language, "@value": word}
                for language, words in described.keywords.items()
                for word in words.split(", ")
            ],
            "dcat:theme": [{"@id": f"{EU}data-theme/{theme}"} for theme in ("SOCI", "REGI")],
            "dcat:landingPage": {"@id": f"{settings.SITE_URL}{reverse('api:docs')}"},
            "dct:publisher": _publisher(),
            "dcat:contactPoint": _contact(),
            "dct:language": _languages(),
            "dct:accessRights": {"@id": f"{EU}access-right/PUBLIC"},
            "dct:accrualPeriodicity": {"@id": f"{EU}frequency/CONT"},
            "dct:temporal": period if first and last else None,
            "dct:spatial": common["dct:spatial"],
            "dcatde:politicalGeocodingLevelURI": {"@id": f"{GEOCODING}Level/municipality"},
            "dcatde:politicalGeocodingURI": common["dcatde:politicalGeocodingURI"],
            "dct:modified": _time(modified.isoformat() if modified else ""),
            "dcat:distribution": _distributions(described, common),
        }
    )


def _distributions(described: Described, common: Data) -> list[Data]:
    listed = [
        (f"{described.key}-{name}", f"{_address(described.view)}?format={name}", FORMATS[name])
        for name in described.formats
    ]
    files = [
        (f"{described.key}-export-{export.extension}", _address("api:export", name), FILES[export.extension])
        for name, export in EXPORTS.items()
        if described.collection and export.layer == described.collection
    ]
    found = [_download(identifier, address, words, common) for identifier, address, words in (*listed, *files)]
    if described.collection:
        found.append(
            _known(
                {
                    "@id": f"{_address('catalogue')}#{described.key}-ogc",
                    "@type": "dcat:Distribution",
                    "dct:title": _worded(
                        {"de": "Ebene für GIS (OGC API - Features)", "en": "Layer (OGC API - Features)"}
                    ),
                    "dcat:accessURL": {"@id": _address("ogc:collection", described.collection)},
                    "dcat:accessService": {"@id": _service()["@id"]},
                    "dct:conformsTo": {"@id": OGC_API_FEATURES},
                    **_terms(common),
                }
            )
        )
    return found


def _download(identifier: str, address: str, words: Format, common: Data) -> Data:
    return _known(
        {
            "@id": f"{_address('catalogue')}#{identifier}",
            "@type": "dcat:Distribution",
            "dct:title": _worded(words.title),
            "dcat:accessURL": {"@id": address},
            "dcat:downloadURL": {"@id": address},
            "dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{words.media_type}"},
            "dct:format": {"@id": f"{EU}file-type/{words.file_type}"},
            **_terms(common),
        }
    )


def _terms(common: Data) -> Data:
    """Under which terms; none where the operator has not said any."""
    licence = licence_address()
    return {
        "dct:license": {"@id": licence} if licence else None,
        "dcatde:licenseAttributionByText": common["attribution"],
        "dcatap:availability": {"@id": f"{EU}planned-availability/STABLE"},
    }


def _service() -> Data:
    """The OGC API."""
    return {
        "@id": f"{_address('catalogue')}#ogc",
        "@type": "dcat:DataService",
        "dct:title": _worded({"de": "OGC API - Features des SOK-Atlas", "en": "OGC API - Features of SOK-Atlas"}),
        "dcat:endpointURL": {"@id": _address("ogc:landing")},
        "dct:conformsTo": {"@id": OGC_API_FEATURES},
    }


def _publisher() -> Data:
    return {"@id": f"{_address('catalogue')}#operator", "@type": "foaf:Agent", "foaf:name": _operator()}


def _contact() -> Data:
    operator = settings.OPERATOR
    return _known(
        {
            "@type": "vcard:Organization",
            "vcard:fn": _operator(),
            "vcard:hasEmail": {"@id": f"mailto:{operator['email']}"} if operator["email"] else None,
            "vcard:hasURL": {"@id": _address("imprint")},
        }
    )


def _operator() -> str:
    return settings.OPERATOR["name"] or "SOK-Atlas"


def _address(name: str, *args: str) -> str:
    return f"{settings.SITE_URL}{reverse(name, args=args)}"


def _worded(words: Words, more: Words | None = None) -> list[Data]:
    return [{"@language": lang, "@value": f"{text}{(more or {}).get(lang, '')}"} for lang, text in words.items()]


def _languages() -> list[Data]:
    return [{"@id": f"{EU}language/{code}"} for code in ("DEU", "ENG")]


def _day(day: date | None) -> Data | None:
    return {"@type": "xsd:date", "@value": day.isoformat()} if day else None


def _time(text: str) -> Data | None:
    return {"@type": "xsd:dateTime", "@value": text} if text else None


def _known(data: Data) -> Data:
    """Without what is not known."""
    return {name: value for name, value in data.items() if value not in (None, "", [])}
