"""Every statement that changes entries leaves a row: the state of the catalog, by which counts are kept."""

from django.db import migrations, models

TRIGGER = """
CREATE OR REPLACE FUNCTION catalog_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Old ones go while they are not many; the state is another by the new row in any case.
    DELETE FROM catalog_change WHERE id IN (
        SELECT id FROM catalog_change WHERE at < now() - interval '1 day' ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED
    );
    INSERT INTO catalog_change (at) VALUES (now());
    RETURN NULL;
END
$$;
CREATE TRIGGER catalog_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON catalog_entry
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_change();
"""
FORGET = "DROP TRIGGER catalog_changed ON catalog_entry; DROP FUNCTION catalog_note_change();"


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_harvests_and_formats")]

    operations = [
        migrations.CreateModel(
            name="Change",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
            ],
            options={"db_table": "catalog_change"},
        ),
        migrations.RunSQL(TRIGGER, FORGET),
    ]
