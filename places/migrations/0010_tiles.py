"""Boundaries for maps: an archive of tiles in a file; the edition says which."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("places", "0009_succession")]
    operations = [
        migrations.RemoveField(model_name="boundaryedition", name="outlines"),
        migrations.RemoveField(model_name="boundaryedition", name="outlines_digest"),
        migrations.AddField(
            model_name="boundaryedition",
            name="tiles_digest",
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name="boundaryedition",
            name="tiles_head",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
    ]
