"""Who wants to be told of changes, what was sent, how each attempt went."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cohesion', '0002_how_sure'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Subscription',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('url', models.CharField(max_length=500, verbose_name='Adresse')),
                ('happenings', models.JSONField(default=list, verbose_name='Ereignisse')),
                ('areas', models.JSONField(default=list, verbose_name='Gebiete')),
                ('secret', models.TextField()),
                ('former_secret', models.TextField(blank=True)),
                ('former_until', models.DateTimeField(null=True)),
                ('standing', models.CharField(choices=[('active', 'aktiv'), ('paused', 'pausiert'), ('ended', 'beendet')], default='active', max_length=10)),
                ('why', models.CharField(blank=True, choices=[('owner', 'von Ihnen'), ('failing', 'weil Ihr Empfänger fünf Tage lang keine Nachricht angenommen hat'), ('gone', 'weil Ihr Empfänger mit 410 geantwortet hat: Er will nichts mehr bekommen'), ('secret', 'weil das Geheimnis nicht mehr lesbar ist; bitte erneuern Sie es')], max_length=10)),
                ('since', models.DateTimeField()),
                ('cursor', models.CharField(max_length=100)),
                ('failing_since', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='angelegt am')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='webhooks', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'Abonnement',
                'verbose_name_plural': 'Abonnements',
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('message_id', models.CharField(max_length=60, unique=True)),
                ('subject', models.CharField(choices=[('changes', 'Änderungen'), ('test', 'Probe')], max_length=10)),
                ('payload', models.TextField()),
                ('events', models.PositiveIntegerField(default=0)),
                ('progress', models.CharField(choices=[('waiting', 'wartet'), ('sending', 'ist unterwegs'), ('delivered', 'zugestellt'), ('given_up', 'aufgegeben')], default='waiting', max_length=10)),
                ('tries', models.PositiveIntegerField(default=0)),
                ('next_at', models.DateTimeField(null=True)),
                ('claimed_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField()),
                ('subscription', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='cohesion.subscription')),
            ],
            options={
                'verbose_name': 'Nachricht',
                'verbose_name_plural': 'Nachrichten',
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('status', models.PositiveIntegerField(null=True)),
                ('error', models.CharField(blank=True, max_length=300)),
                ('answer', models.TextField(blank=True)),
                ('milliseconds', models.PositiveIntegerField(default=0)),
                ('delivery', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attempts', to='cohesion.delivery')),
            ],
            options={
                'verbose_name': 'Versuch',
                'verbose_name_plural': 'Versuche',
                'ordering': ('pk',),
            },
        ),
        migrations.AddConstraint(
            model_name='subscription',
            constraint=models.UniqueConstraint(condition=models.Q(('standing', 'ended'), _negated=True), fields=('user', 'url'), name='webhook_once_per_address'),
        ),
        migrations.AddConstraint(
            model_name='subscription',
            constraint=models.CheckConstraint(condition=models.Q(('standing__in', ['active', 'paused', 'ended'])), name='webhook_standing_known'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(fields=['subscription', 'progress', 'next_at'], name='webhook_due'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(('progress__in', ['waiting', 'sending', 'delivered', 'given_up'])), name='webhook_progress_known'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('progress', 'waiting'), _negated=True), ('next_at__isnull', False), _connector='OR'), name='webhook_waits_for_a_time'),
        ),
    ]
