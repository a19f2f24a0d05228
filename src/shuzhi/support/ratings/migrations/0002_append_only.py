"""What was said first stays: the database itself refuses to change or remove a line of a rating's history."""

from django.db import migrations

FORBID = """
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON ratings_change
    FOR EACH ROW EXECUTE FUNCTION security_refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON ratings_change
    FOR EACH STATEMENT EXECUTE FUNCTION security_refuse_change();
"""
ALLOW = """
DROP TRIGGER append_only_rows ON ratings_change;
DROP TRIGGER append_only_table ON ratings_change;
"""


class Migration(migrations.Migration):
    dependencies = [("ratings", "0001_initial"), ("security", "0002_append_only")]

    operations = [migrations.RunSQL(FORBID, ALLOW)]
