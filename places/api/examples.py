"""Bodies to begin with, for the OpenAPI document and the reference page. tests/web/writes/ sends them."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

NEW: dict[str, dict[str, Any]] = {
    "place": {
        "name": "Dorfladen am Anger",
        "kind": "village_shop",
        "location": [9.0463, 51.0455],
        "address": {"street": "Am Anger 1", "postcode": "34497", "city": "Korbach"},
        "description": "Einkaufen, Kaffee trinken, Pakete abholen.",
        "website": "https://dorfladen.example",
        "opening_hours": "Mo-Fr 08:00-18:00",
        "criteria": {"community_use": True, "low_threshold": True, "open_to_all": True},
        "conditions": {"engaged_actors": 4},
        "triad": {
            "motivator": [{"name": "Dorfladen eG", "sector": "civil_society"}],
            "provider": [{"name": "Stadt Korbach", "sector": "administration"}],
        },
        "circles": {"supporter": [{"name": "Bäckerei Muster", "sector": "private_sector"}]},
        "message": "Wir eröffnen am 1. Dezember.",
    },
    "support": {
        "name": "Beratung für Dorfläden",
        "kind": "advice",
        "location": [9.0463, 51.0455],
        "provider": "Landkreis",
        "areas": ["06"],
        "participation": "Rufen Sie uns an.",
    },
    "space": {
        "name": "Alte Schule",
        "kind": "school",
        "location": [9.0463, 51.0455],
        "area_m2": 240,
        "owner_sector": "administration",
        "owner": "Stadt Korbach",
        "available_from": "2027-01-01",
    },
}
CHANGE: dict[str, dict[str, Any]] = {
    "place": {"opening_hours": "Mo-Sa 08:00-18:00", "conditions": {"engaged_actors": 3}},
    "support": {"participation": "Schreiben Sie uns."},
    "space": {"available_until": "2028-12-31"},
}

NEW_EXAMPLES = {
    kind: (OpenApiExample("New", value=body, request_only=True, media_type="application/json"),)
    for kind, body in NEW.items()
}
CHANGE_EXAMPLES = {kind: (OpenApiExample("Change", value=body, request_only=True),) for kind, body in CHANGE.items()}
