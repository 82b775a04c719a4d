"""The guard of 0002 for every table of entries: 0005 made SQLite rebuild places_place, which dropped its triggers.

A later migration that rebuilds one of these tables on SQLite has to run `guard_locations` again.
"""

from django.db import migrations

ON_THE_GLOBE = "ST_X({location}) BETWEEN -180 AND 180 AND ST_Y({location}) BETWEEN -90 AND 90"
KINDS = ("place", "support", "space")


def guard_locations(apps, schema_editor):
    for kind in KINDS:
        table, name = f"places_{kind}", f"{kind}_location_in_range"
        if schema_editor.connection.vendor == "postgresql":
            inside = ON_THE_GLOBE.format(location="location")
            schema_editor.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}")
            schema_editor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({inside})")
            continue
        inside = ON_THE_GLOBE.format(location="NEW.location")
        for event in ("INSERT", "UPDATE OF location"):
            schema_editor.execute(
                f"CREATE TRIGGER IF NOT EXISTS {name}_{event.split()[0].lower()} BEFORE {event} ON {table} "
                f"WHEN NOT ({inside}) BEGIN SELECT RAISE(ABORT, 'CHECK constraint failed: {name}'); END"
            )


class Migration(migrations.Migration):
    dependencies = [("places", "0005_living_inventory")]
    operations = [migrations.RunPython(guard_locations, migrations.RunPython.noop)]
