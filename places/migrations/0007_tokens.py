"""Keys to the API."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("places", "0006_locations_in_range"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, verbose_name="Wofür?")),
                ("digest", models.CharField(max_length=64, unique=True, verbose_name="Prüfsumme")),
                ("created_on", models.DateField(verbose_name="angelegt am")),
                ("ends_on", models.DateField(verbose_name="gilt bis einschließlich")),
                ("last_used_on", models.DateField(blank=True, null=True, verbose_name="zuletzt benutzt am")),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="api_tokens",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Person",
                    ),
                ),
            ],
            options={
                "verbose_name": "Schlüssel zur Schnittstelle",
                "verbose_name_plural": "Schlüssel zur Schnittstelle",
                "ordering": ("name",),
                "constraints": [
                    models.UniqueConstraint(fields=("owner", "name"), name="token_name_once_per_owner"),
                    models.CheckConstraint(
                        condition=models.Q(ends_on__gte=models.F("created_on")), name="token_ends_after_start"
                    ),
                    models.CheckConstraint(condition=~models.Q(name=""), name="token_has_name"),
                ],
            },
        ),
    ]
