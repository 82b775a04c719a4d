"""Filled in by the slice it is named after."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("places", "0006_locations_in_range")]
    operations = []
