"""Entries and seals are append-only: the database itself refuses to change or remove them."""

from django.db import migrations

FORBID = """
CREATE FUNCTION security_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit log is append-only: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON security_auditentry
    FOR EACH ROW EXECUTE FUNCTION security_refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON security_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION security_refuse_change();
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON security_auditseal
    FOR EACH ROW EXECUTE FUNCTION security_refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON security_auditseal
    FOR EACH STATEMENT EXECUTE FUNCTION security_refuse_change();
"""

ALLOW = """
DROP TRIGGER append_only_rows ON security_auditentry;
DROP TRIGGER append_only_table ON security_auditentry;
DROP TRIGGER append_only_rows ON security_auditseal;
DROP TRIGGER append_only_table ON security_auditseal;
DROP FUNCTION security_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("security", "0001_initial")]

    operations = [migrations.RunSQL(FORBID, ALLOW)]
