"""Planning regions: areas that an operator defines from keys."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("places", "0010_tiles")]
    operations = [
        migrations.CreateModel(
            name="PlanningRegion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=80, unique=True, verbose_name="Kürzel in der Adresse")),
                ("name", models.CharField(max_length=200, verbose_name="Name")),
                ("source", models.CharField(blank=True, max_length=500, verbose_name="Quelle der Abgrenzung")),
                (
                    "areas",
                    models.JSONField(
                        default=list,
                        help_text="Länder (2 Stellen), Kreise (5) oder Gemeinden (8), einer je Zeile.",
                        verbose_name="Schlüssel",
                    ),
                ),
            ],
            options={
                "verbose_name": "Planungsregion",
                "verbose_name_plural": "Planungsregionen",
                "ordering": ("name",),
            },
        ),
    ]
