"""Lines of the ledger are never changed or removed: the database itself refuses."""

from django.db import migrations

FORBID = """
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON payments_posting
    FOR EACH ROW EXECUTE FUNCTION security_refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON payments_posting
    FOR EACH STATEMENT EXECUTE FUNCTION security_refuse_change();
"""
ALLOW = """
DROP TRIGGER append_only_rows ON payments_posting;
DROP TRIGGER append_only_table ON payments_posting;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial"), ("security", "0002_append_only")]

    operations = [migrations.RunSQL(FORBID, ALLOW)]
