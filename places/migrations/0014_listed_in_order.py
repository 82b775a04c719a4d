"""An index that gives the keys of a page of municipalities without a look at the rows."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('places', '0013_idempotency_keys'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='municipality',
            index=models.Index(fields=['edition', 'ags', 'id'], name='municipality_in_order'),
        ),
    ]
