"""Filled in by the slice it is named after."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("places", "0007_tokens")]
    operations = []
