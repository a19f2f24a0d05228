"""Search reads the entries' words, not what they declare: that stands beside the table, so that reading takes a third.

Rows written before stay as they are until they change.
"""

from django.db import migrations

NARROW = """
ALTER TABLE catalog_entry ALTER COLUMN search_text SET STORAGE MAIN;
ALTER TABLE catalog_entry SET (toast_tuple_target = 1024);
"""
AS_BEFORE = """
ALTER TABLE catalog_entry ALTER COLUMN search_text SET STORAGE EXTENDED;
ALTER TABLE catalog_entry RESET (toast_tuple_target);
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0003_changes")]

    operations = [migrations.RunSQL(NARROW, AS_BEFORE)]
