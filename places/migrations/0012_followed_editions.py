"""Since when an edition of boundaries follows another: the change feed tells it."""

from typing import Any

from django.db import migrations, models
from django.db.models import F


def followed_when_imported(apps: Any, schema_editor: Any) -> None:
    """Nobody wrote it down before; the import is the nearest that is known."""
    editions = apps.get_model("places", "BoundaryEdition").objects.using(schema_editor.connection.alias)
    editions.exclude(follows=None).update(followed_at=F("imported_at"))


class Migration(migrations.Migration):
    dependencies = [("places", "0011_planning_regions")]

    operations = [
        migrations.AddField(
            model_name="boundaryedition",
            name="followed_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.RunPython(followed_when_imported, migrations.RunPython.noop),
    ]
