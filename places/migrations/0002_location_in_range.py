"""The database refuses a location off the globe: a check on PostGIS, triggers on SpatiaLite.

SpatiaLite adds geometry columns after the table is made, so no CHECK can name them. A later migration that makes
SQLite rebuild places_place drops the triggers: run `guard_location` again there (tests/database/test_constraints.py
fails otherwise).
"""

from django.db import migrations

ON_THE_GLOBE = "ST_X({location}) BETWEEN -180 AND 180 AND ST_Y({location}) BETWEEN -90 AND 90"


def guard_location(apps, schema_editor):
    inside = ON_THE_GLOBE.format(location="NEW.location" if schema_editor.connection.vendor == "sqlite" else "location")
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"ALTER TABLE places_place ADD CONSTRAINT place_location_in_range CHECK ({inside})")
        return
    for event in ("INSERT", "UPDATE OF location"):
        schema_editor.execute(
            f"CREATE TRIGGER IF NOT EXISTS place_location_in_range_{event.split()[0].lower()} BEFORE {event} ON places_place "
            f"WHEN NOT ({inside}) BEGIN SELECT RAISE(ABORT, 'CHECK constraint failed: place_location_in_range'); END"
        )


def drop_guard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE places_place DROP CONSTRAINT place_location_in_range")
        return
    for event in ("insert", "update"):
        schema_editor.execute(f"DROP TRIGGER IF EXISTS place_location_in_range_{event}")


class Migration(migrations.Migration):
    dependencies = [("places", "0001_initial")]
    operations = [migrations.RunPython(guard_location, drop_guard)]
