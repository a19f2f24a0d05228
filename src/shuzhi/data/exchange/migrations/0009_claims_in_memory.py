"""Claims that a gateway keeps in its memory: their blocks, and who keeps them."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models

# 0: nobody, claims are rows.
KEEPER = "ALTER TABLE exchange_version ADD COLUMN keeper bigint NOT NULL DEFAULT 0"
NO_KEEPER = "ALTER TABLE exchange_version DROP COLUMN keeper"
# Hashes grow no smaller.
AS_THEY_ARE = "ALTER TABLE exchange_claimblock ALTER COLUMN nonces SET STORAGE EXTERNAL"


class Migration(migrations.Migration):

    dependencies = [
        ('exchange', '0008_questions'),
    ]

    operations = [
        migrations.CreateModel(
            name='ClaimBlock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('keeper', models.BigIntegerField()),
                ('at', models.DateTimeField()),
                ('day', models.DateField()),
                ('nonces', models.BinaryField()),
                ('subscriptions', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('counted', models.BooleanField()),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.BrinIndex(fields=['at'], name='exchange_cl_at_2a3529_brin', pages_per_range=16), models.Index(condition=models.Q(('counted', False)), fields=['id'], name='claims_not_yet_counted')],
            },
        ),
        migrations.RunSQL(KEEPER, NO_KEEPER),
        migrations.RunSQL(AS_THEY_ARE, migrations.RunSQL.noop),
    ]
