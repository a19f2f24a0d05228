"""What the Merkle log keeps can only be added to; entries and blocks are noted for sealing when they are written.

The chain of before stays as it is, for whoever noted its head. Its entries take the first places of the new log, in the
chain's order: they only have to be noted here, sealing does the rest.
"""

from django.db import migrations

APPEND_ONLY = "".join(
    f"""
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION security_refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION security_refuse_change();
"""
    for table in ("security_auditlog", "security_auditrun", "security_audithead")
)

GROW = """
CREATE FUNCTION security_only_grow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.level, NEW.number) = (OLD.level, OLD.number) AND length(NEW.hashes) > length(OLD.hashes)
       AND substr(NEW.hashes, 1, length(OLD.hashes)) = OLD.hashes THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'audit log is append-only: a tile can only grow' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER only_grow BEFORE UPDATE ON security_audittile
    FOR EACH ROW EXECUTE FUNCTION security_only_grow();
CREATE TRIGGER only_grow_rows BEFORE DELETE ON security_audittile
    FOR EACH ROW EXECUTE FUNCTION security_refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON security_audittile
    FOR EACH STATEMENT EXECUTE FUNCTION security_refuse_change();
ALTER TABLE security_audittile ALTER COLUMN hashes SET STORAGE EXTERNAL;
"""

NOTE = """
CREATE OR REPLACE FUNCTION security_note_block() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO security_foldedblock (block_id) SELECT id FROM written;
    INSERT INTO security_unsealed (block) SELECT id FROM written ORDER BY id;
    RETURN NULL;
END
$$;
CREATE FUNCTION security_note_entries() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO security_unsealed (entry) SELECT id FROM written WHERE block IS NULL ORDER BY id;
    RETURN NULL;
END
$$;
CREATE TRIGGER note_entries AFTER INSERT ON security_auditentry
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION security_note_entries();
"""

# The old chain takes no more links.
FREEZE = """
CREATE TRIGGER frozen BEFORE INSERT ON security_auditseal
    FOR EACH STATEMENT EXECUTE FUNCTION security_refuse_change();
"""

BRING_OVER = """
INSERT INTO security_unsealed (entry)
SELECT e.id FROM security_auditentry e LEFT JOIN security_auditseal s ON s.entry_id = e.id
WHERE e.block IS NULL ORDER BY s.seq NULLS LAST, e.id;
INSERT INTO security_unsealed (block) SELECT id FROM security_auditblock ORDER BY id;
"""

UNDO = """
DROP TRIGGER frozen ON security_auditseal;
DROP TRIGGER note_entries ON security_auditentry;
DROP FUNCTION security_note_entries();
CREATE OR REPLACE FUNCTION security_note_block() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO security_foldedblock (block_id) SELECT id FROM written;
    RETURN NULL;
END
$$;
DROP TRIGGER only_grow ON security_audittile;
DROP FUNCTION security_only_grow();
"""


class Migration(migrations.Migration):
    dependencies = [("security", "0005_merkle_log")]

    operations = [migrations.RunSQL(APPEND_ONLY + GROW + NOTE + FREEZE + BRING_OVER, UNDO)]
