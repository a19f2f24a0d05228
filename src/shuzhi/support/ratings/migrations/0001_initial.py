

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Rating',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(max_length=200)),
                ('person', models.CharField(max_length=200)),
                ('office', models.CharField(max_length=100)),
                ('matter', models.CharField(max_length=200, null=True)),
                ('score', models.PositiveSmallIntegerField()),
                ('words', models.CharField(max_length=500)),
                ('rated_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('dossier', models.BigIntegerField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['office', '-id'], name='ratings_of_an_office')],
                'constraints': [models.UniqueConstraint(fields=('subject', 'person'), name='one_rating_for_each_person'), models.CheckConstraint(condition=models.Q(('score__gte', 1), ('score__lte', 5)), name='scores_are_1_to_5')],
            },
        ),
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.PositiveSmallIntegerField()),
                ('score', models.PositiveSmallIntegerField()),
                ('words', models.CharField(max_length=500)),
                ('by', models.CharField(max_length=200)),
                ('at', models.DateTimeField()),
                ('rating', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='ratings.rating')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('rating', 'seq'), name='one_change_of_each_number')],
            },
        ),
    ]
