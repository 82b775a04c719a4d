"""The constraint's index begins with the municipality: a second one of it alone only made imports slower."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('places', '0014_listed_in_order'),
    ]

    operations = [
        migrations.AlterField(
            model_name='residentpoint',
            name='municipality',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='resident_points', to='places.municipality'),
        ),
    ]
