"""Blocks are append-only too, are noted for unfolding when they are written, and are seen before that."""

from django.db import migrations

APPEND_ONLY = """
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON security_auditblock
    FOR EACH ROW EXECUTE FUNCTION security_refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON security_auditblock
    FOR EACH STATEMENT EXECUTE FUNCTION security_refuse_change();
"""

# The writer needs no right on the list of folded blocks: the database itself adds to it.
NOTE_BLOCK = """
CREATE FUNCTION security_note_block() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO security_foldedblock (block_id) SELECT id FROM written;
    RETURN NULL;
END
$$;
CREATE TRIGGER note_block AFTER INSERT ON security_auditblock
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION security_note_block();
"""

# A block that somebody damaged gives no rows instead of making the whole log unreadable; verifying names it.
UNFOLD = """
CREATE FUNCTION security_unfold(block bytea) RETURNS TABLE (
    place smallint, at timestamptz, action varchar, target varchar, actor varchar, office varchar,
    purpose varchar, basis varchar, outcome varchar, facts jsonb, digest varchar, subjects varchar[]
) LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 100 AS $$
BEGIN
    RETURN QUERY
    SELECT (line.place - 1)::smallint, e.at, e.action, e.target, e.actor, e.office, e.purpose, e.basis,
           e.outcome, e.facts, encode(sha256(convert_to(line.content, 'UTF8')), 'hex')::varchar, e.subjects
    FROM string_to_table(convert_from(block, 'UTF8'), E'\\n') WITH ORDINALITY AS line (content, place)
    CROSS JOIN LATERAL jsonb_to_record(line.content::jsonb) AS e (
        at timestamptz, action varchar, target varchar, actor varchar, office varchar, purpose varchar,
        basis varchar, outcome varchar, facts jsonb, subjects varchar[]);
EXCEPTION WHEN data_exception THEN
    RETURN;
END
$$;
"""

SEE = """
CREATE VIEW security_act AS
SELECT id, at, action, target, actor, office, purpose, basis, outcome, facts, digest, subjects, block, place
FROM security_auditentry
UNION ALL
SELECT NULL::bigint, e.at, e.action, e.target, e.actor, e.office, e.purpose, e.basis, e.outcome, e.facts,
       e.digest, e.subjects, b.id, e.place
FROM security_foldedblock f JOIN security_auditblock b ON b.id = f.block_id
CROSS JOIN LATERAL security_unfold(b.entries) AS e;
"""

# JSON shrinks to a fifth by lz4. A server built without it would use its slower way, which costs the writer more
# than the entry itself: there blocks stay as they are.
COMPRESS = """
DO $$ BEGIN
    ALTER TABLE security_auditblock ALTER COLUMN entries SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN
    ALTER TABLE security_auditblock ALTER COLUMN entries SET STORAGE EXTERNAL;
END $$;
"""

UNDO = """
DROP VIEW security_act;
DROP FUNCTION security_unfold(bytea);
DROP TRIGGER note_block ON security_auditblock;
DROP FUNCTION security_note_block();
DROP TRIGGER append_only_rows ON security_auditblock;
DROP TRIGGER append_only_table ON security_auditblock;
"""


class Migration(migrations.Migration):
    dependencies = [("security", "0003_audit_blocks")]

    operations = [migrations.RunSQL(APPEND_ONLY + NOTE_BLOCK + UNFOLD + SEE + COMPRESS, UNDO)]
