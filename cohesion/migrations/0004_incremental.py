"""Filled in by the slice it is named after."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cohesion", "0003_webhooks")]
    operations = []
