"""Finding records by exact values of any field: what the exchange's lists filter by."""

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("registers", "0003_tally")]

    operations = [
        migrations.AddIndex(
            model_name="entity",
            index=GinIndex(fields=["golden"], name="registers_entity_golden", opclasses=["jsonb_path_ops"]),
        ),
    ]
