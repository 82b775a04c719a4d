"""The table that says which version of the published data is there. Its triggers: places/data_version.py, which puts
them where they are missing after every ``migrate``, for SQLite drops those of a table that it rebuilds."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("places", "0007_tokens")]
    operations = [
        migrations.CreateModel(
            name="DataChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.BigIntegerField()),
                ("at", models.DateTimeField()),
            ],
            options={"default_permissions": ()},
        ),
    ]
