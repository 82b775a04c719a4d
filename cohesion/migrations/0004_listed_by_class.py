"""The index of classes gives the municipalities, too."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cohesion', '0003_webhooks'),
        ('places', '0014_listed_in_order'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='score',
            name='score_class',
        ),
        migrations.AddIndex(
            model_name='score',
            index=models.Index(fields=['assessment', 'cohesion_class', 'municipality'], name='score_class'),
        ),
    ]
