"""A score holds until an assessment finds another. Those that are there hold in their own assessment alone, as before."""

import django.db.models.deletion
from django.db import migrations, models


def let_them_end(apps, schema_editor):
    """With the next assessment of the edition; those of the last one hold."""
    scores = apps.get_model("cohesion", "Score").objects
    following = {}
    for assessment in apps.get_model("cohesion", "Assessment").objects.order_by("-pk"):
        scores.filter(assessment=assessment).update(until=following.get(assessment.edition_id))
        following[assessment.edition_id] = assessment


class Migration(migrations.Migration):

    dependencies = [
        ('cohesion', '0003_webhooks'),
        ('places', '0015_one_index_of_resident_points'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='score',
            name='score_once_per_assessment',
        ),
        migrations.RemoveIndex(
            model_name='score',
            name='score_class',
        ),
        migrations.AddField(
            model_name='score',
            name='until',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='cohesion.assessment'),
        ),
        migrations.RunPython(let_them_end, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='score',
            name='assessment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cohesion.assessment'),
        ),
        migrations.AlterField(
            model_name='score',
            name='municipality',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='scores', to='places.municipality'),
        ),
        migrations.AddConstraint(
            model_name='score',
            constraint=models.UniqueConstraint(fields=('municipality', 'assessment'), name='score_once_per_assessment'),
        ),
        migrations.AddConstraint(
            model_name='score',
            constraint=models.UniqueConstraint(condition=models.Q(('until', None)), fields=('municipality',), name='score_only_one_holds'),
        ),
        migrations.AddConstraint(
            model_name='score',
            constraint=models.CheckConstraint(condition=models.Q(('until__gt', models.F('assessment'))), name='score_ends_after_it_begins'),
        ),
        migrations.AddIndex(
            model_name='score',
            index=models.Index(fields=['cohesion_class', 'municipality', 'assessment', 'until'], name='score_class'),
        ),
    ]
