"""Entries and municipalities as schema.org describes such things, for search engines: what their pages say, in data.
No person is in it: of those who carry an entry nobody is named. How it is written into a page: templatetags/linked."""

from typing import Any

from django.conf import settings

from places.fields import COORDINATE_DECIMALS
from places.models import Entry, Municipality, Place, Space, Support
from places.opening_hours import BY_APPOINTMENT
from places.recurring_hours import on_holidays, recurring
from places.vocabulary import Kind, SpaceKind, Status

CONTEXT = "https://schema.org"
# The nearest type of schema.org; every other place is a Place and nothing more.
PLACE_TYPES: dict[str, str] = {
    Kind.VILLAGE_SHOP: "Store",
    Kind.COMMUNITY_HOUSE: "CivicStructure",
    Kind.MEETING_CAFE: "CafeOrCoffeeShop",
    Kind.LIBRARY: "Library",
    Kind.NEIGHBOURHOOD_CENTRE: "CivicStructure",
    Kind.MULTIGENERATION_HOUSE: "CivicStructure",
    Kind.YOUTH_CENTRE: "CivicStructure",
    Kind.CULTURE_HOUSE: "CivicStructure",
    Kind.COMMUNITY_GARDEN: "Park",
    Kind.SPORTS_GROUND: "SportsActivityLocation",
    Kind.PARISH_HALL: "CivicStructure",
    Kind.FIRE_STATION: "FireStation",
    Kind.VILLAGE_PUB: "BarOrPub",
}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
CLOSED = ("00:00", "00:00")  # how schema.org says that a day has no hours
INVENTED = "Frei erfunden, nur zur Vorführung."


def entry_data(entry: Entry) -> dict[str, Any]:
    """A published entry. It links to no page of another owner unless it is real."""
    return _known(
        {
            "@context": CONTEXT,
            "@type": _type(entry),
            "@id": address(entry),
            "url": address(entry),
            "name": entry.name,
            "description": entry.description,
            "disambiguatingDescription": INVENTED if entry.is_fictional else "",
            "sameAs": "" if entry.is_fictional else entry.website,
            **_where(entry),
            **_own(entry),
        }
    )


def municipality_data(municipality: Municipality) -> dict[str, Any]:
    """A municipality with its keys, and the district and the state in which it lies."""
    state = _known(
        {"@type": "AdministrativeArea", "name": str(municipality.state), "identifier": municipality.state.key}
    )
    district = {
        "@type": "AdministrativeArea",
        "name": municipality.district.full_name(),
        "identifier": municipality.district.key,
        "containedInPlace": state,
    }
    keys = {"AGS": municipality.ags, "ARS": municipality.ars}
    figures = {"population": municipality.population, "zok_tier": municipality.zok_tier}
    return _known(
        {
            "@context": CONTEXT,
            "@type": "AdministrativeArea",
            "@id": address(municipality),
            "url": address(municipality),
            "name": municipality.name,
            "identifier": [_property(name, value) for name, value in keys.items() if value],
            "geo": _geo(municipality.centre.x, municipality.centre.y),
            "containedInPlace": district,
            "additionalProperty": [
                _property(name, value) for name, value in figures.items() if value not in (None, "")
            ],
        }
    )


def address(shown: Entry | Municipality) -> str:
    """The whole address of the page that shows it."""
    return f"{settings.SITE_URL}{shown.get_absolute_url()}"


def hours_data(text: str) -> list[dict[str, Any]]:
    """The weekly hours of ``text`` as OpeningHoursSpecification.

    Nothing where they are not the same in every week: schema.org has no words for "the first Saturday", and half of
    the hours would be a wrong answer.
    """
    openings = recurring(text)
    if openings is None or BY_APPOINTMENT in text or not all(opening.is_weekly for opening in openings):
        return []
    weekly = [_hours([WEEKDAYS[day] for day in opening.days], opening.opens, opening.closes) for opening in openings]
    holidays = on_holidays(text)
    if holidays is None:
        return weekly
    return weekly + [_hours(["PublicHolidays"], *times) for times in holidays or [CLOSED]]


def _hours(days: list[str], opens: str, closes: str) -> dict[str, Any]:
    return {
        "@type": "OpeningHoursSpecification",
        "dayOfWeek": [f"{CONTEXT}/{day}" for day in days],
        "opens": opens,
        "closes": closes.replace("24:00", "23:59"),
    }


def _type(entry: Entry) -> str:
    if isinstance(entry, Support):
        return "Organization"
    if isinstance(entry, Space):
        return "Place" if entry.kind != SpaceKind.CHURCH else "PlaceOfWorship"
    return PLACE_TYPES.get(entry.kind, "Place") if isinstance(entry, Place) else "Place"


def _where(entry: Entry) -> dict[str, Any]:
    geo = _geo(entry.location.x, entry.location.y)
    known = _known({"streetAddress": entry.street, "postalCode": entry.postcode, "addressLocality": entry.city})
    postal = {"@type": "PostalAddress", **known, "addressCountry": "DE"} if known else None
    within = (
        {"@type": "AdministrativeArea", "@id": address(entry.municipality), "name": entry.municipality.name}
        if entry.municipality
        else None
    )
    if isinstance(entry, Support):  # where an organisation sits is a place of its own
        return {"address": postal, "location": _known({"@type": "Place", "geo": geo, "containedInPlace": within})}
    return {"address": postal, "geo": geo, "containedInPlace": within}


def _own(entry: Entry) -> dict[str, Any]:
    if not isinstance(entry, Place):
        return {}
    return {
        "publicAccess": entry.open_to_all,
        "openingHoursSpecification": hours_data(entry.opening_hours) if entry.status == Status.ACTIVE else [],
    }


def _geo(longitude: float, latitude: float) -> dict[str, Any]:
    return {
        "@type": "GeoCoordinates",
        "latitude": round(latitude, COORDINATE_DECIMALS),
        "longitude": round(longitude, COORDINATE_DECIMALS),
    }


def _property(name: str, value: Any) -> dict[str, Any]:
    return {"@type": "PropertyValue", "propertyID": name, "value": value}


def _known(data: dict[str, Any]) -> dict[str, Any]:
    """Without what is not known."""
    return {name: value for name, value in data.items() if value not in (None, "", [])}
