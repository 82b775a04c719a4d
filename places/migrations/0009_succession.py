"""Which municipality of an edition succeeds which one of the edition before."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("places", "0008_data_version"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField(
            model_name="boundaryedition",
            name="follows",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="followed_by",
                to="places.boundaryedition",
                verbose_name="folgt auf",
            ),
        ),
        migrations.CreateModel(
            name="Succession",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("dissolved", "Auflösung"),
                            ("part", "Teilausgliederung"),
                            ("remained", "verblieben"),
                            ("key_changed", "Schlüsseländerung"),
                            ("renamed", "Namensänderung"),
                        ],
                        max_length=20,
                        verbose_name="Art der Änderung",
                    ),
                ),
                ("effective_on", models.DateField(blank=True, null=True, verbose_name="rechtlich wirksam am")),
                ("area_share", models.FloatField(verbose_name="Anteil an der Fläche")),
                ("resident_share", models.FloatField(blank=True, null=True, verbose_name="Anteil an den Einwohnern")),
                (
                    "source",
                    models.CharField(
                        choices=[("official", "amtliche Liste"), ("overlap", "Überschneidung der Gebiete")],
                        max_length=20,
                        verbose_name="Quelle",
                    ),
                ),
                ("reference", models.CharField(blank=True, max_length=200, verbose_name="Kennziffer")),
                (
                    "state",
                    models.CharField(
                        choices=[("proposed", "vorgeschlagen"), ("confirmed", "bestätigt"), ("rejected", "verworfen")],
                        max_length=20,
                        verbose_name="Stand",
                    ),
                ),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="entschieden am")),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="entschieden von",
                    ),
                ),
                (
                    "predecessor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="went_to",
                        to="places.municipality",
                        verbose_name="Vorgänger",
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="came_from",
                        to="places.municipality",
                        verbose_name="Nachfolger",
                    ),
                ),
            ],
            options={
                "verbose_name": "Nachfolge",
                "verbose_name_plural": "Nachfolgen",
                "ordering": ("predecessor__ags", "-area_share", "successor__ags"),
                "constraints": [
                    models.UniqueConstraint(fields=("predecessor", "successor"), name="succession_once"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["dissolved", "part", "remained", "key_changed", "renamed"])),
                        name="succession_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["proposed", "confirmed", "rejected"])),
                        name="succession_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source__in", ["official", "overlap"])), name="succession_source_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("area_share__gte", 0), ("area_share__lte", 1)),
                        name="succession_area_share_is_share",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("resident_share__gte", 0), ("resident_share__lte", 1)),
                        name="succession_resident_share_is_share",
                    ),
                ],
            },
        ),
    ]
