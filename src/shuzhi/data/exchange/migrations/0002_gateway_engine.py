"""Nonces as hashes, token buckets beside the counts, public keys, and a version of all that the gateway decides by."""

import django.contrib.postgres.indexes
from django.db import migrations, models

# One number that changes with every committed change of an interface, a subscription or a credential. A gateway
# process remembers what it read only as long as the number stands: it reads it with every batch of calls.
# The trigger waits for the end of the transaction, so that the row is locked for an instant only, and counts once.
VERSION = """
CREATE TABLE exchange_version (version bigint NOT NULL);
INSERT INTO exchange_version VALUES (1);
CREATE FUNCTION exchange_note_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path FROM CURRENT AS $$
BEGIN
    UPDATE exchange_version SET version = version + 1 WHERE xmin <> pg_current_xact_id()::xid;
    RETURN NULL;
END
$$;
""" + "".join(
    f"""
CREATE CONSTRAINT TRIGGER note_change AFTER INSERT OR UPDATE OR DELETE ON {table}
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION exchange_note_change();
"""
    for table in ("exchange_interface", "exchange_subscription", "exchange_credential")
)
UNDO = """
DROP TRIGGER note_change ON exchange_interface;
DROP TRIGGER note_change ON exchange_subscription;
DROP TRIGGER note_change ON exchange_credential;
DROP FUNCTION exchange_note_change();
DROP TABLE exchange_version;
"""
# A row that is counted up again and again finds room beside itself, and no index has to change.
ROOM = "ALTER TABLE exchange_dailycount SET (fillfactor = 50)"


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_initial")]

    operations = [
        migrations.DeleteModel(name="Nonce"),
        migrations.CreateModel(
            name="Nonce",
            fields=[
                ("mark", models.UUIDField(primary_key=True, serialize=False)),
                ("seen_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.BrinIndex(
                        fields=["seen_at"], name="exchange_no_seen_at_762d1c_brin", pages_per_range=16
                    )
                ],
            },
        ),
        migrations.RemoveField(model_name="dailycount", name="taken"),
        migrations.AddField(
            model_name="dailycount", name="busy_until", field=models.FloatField(default=0)
        ),
        migrations.AddField(
            model_name="credential", name="public_key", field=models.CharField(default="", max_length=130)
        ),
        migrations.AlterField(
            model_name="credential", name="sealed_secret", field=models.BinaryField(default=bytes)
        ),
        migrations.RunSQL(ROOM, migrations.RunSQL.noop),
        migrations.RunSQL(VERSION, UNDO),
    ]
