"""Where a release's rows are, totals counted ahead, and indexes for large tables."""

from django.db import migrations, models

FUNCTIONS = """
CREATE OR REPLACE FUNCTION opendata.make_table(name text, columns text[], types text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    parts text := '';
BEGIN
    FOR at IN 1 .. coalesce(array_length(columns, 1), 0) LOOP
        IF types[at] NOT IN ('text', 'bigint', 'numeric', 'date', 'timestamptz', 'boolean', 'box') THEN
            RAISE EXCEPTION 'no type of an open column: %', types[at] USING ERRCODE = 'invalid_parameter_value';
        END IF;
        parts := parts || format('%I %s, ', columns[at], types[at]);
    END LOOP;
    EXECUTE format('CREATE TABLE opendata.%I (_id bigint PRIMARY KEY, %s _text text NOT NULL)',
                   opendata.checked_name(name), parts);
    EXECUTE format('GRANT INSERT ON opendata.%I TO %I', name, session_user);
END
$$;

CREATE OR REPLACE FUNCTION opendata.close_table(name text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    role name;
    told record;
    held bigint;
    longest bigint;
BEGIN
    EXECUTE format('CREATE INDEX ON opendata.%I USING gin (upper(_text) gin_trgm_ops)', opendata.checked_name(name));
    EXECUTE format('ANALYZE opendata.%I', name);
    SELECT reltuples INTO held FROM pg_class WHERE oid = format('opendata.%I', name)::regclass;
    FOR told IN SELECT a.attname, t.typname, s.avg_width FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
                LEFT JOIN pg_stats s ON s.schemaname = 'opendata' AND s.tablename = name AND s.attname = a.attname
                WHERE a.attrelid = format('opendata.%I', name)::regclass AND a.attnum > 0
                  AND a.attname NOT IN ('_id', '_text') LOOP
        IF told.typname = 'box' THEN
            EXECUTE format('CREATE INDEX ON opendata.%I USING gist (%I)', name, told.attname);
        ELSIF held >= 20000 AND coalesce(told.avg_width, 0) <= 40 THEN
            -- A value longer than an index page would refuse the whole release.
            EXECUTE format('SELECT coalesce(max(octet_length(%I::text)), 0) FROM opendata.%I', told.attname, name)
                INTO longest;
            IF longest <= 1000 THEN
                EXECUTE format('CREATE INDEX ON opendata.%I (%I, _id)', name, told.attname);
            END IF;
        END IF;
    END LOOP;
    IF session_user <> current_user THEN
        EXECUTE format('REVOKE INSERT ON opendata.%I FROM %I', name, session_user);
    END IF;
    FOR role IN SELECT rolname FROM pg_roles WHERE has_schema_privilege(rolname, 'opendata', 'USAGE')
                AND rolname IN ('shuzhi_web', 'shuzhi_worker', 'shuzhi_reader') LOOP
        EXECUTE format('GRANT SELECT ON opendata.%I TO %I', name, role);
    END LOOP;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("opendata", "0004_openings")]

    operations = [
        migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop),
        migrations.AddField(
            model_name="release",
            name="extent",
            field=models.JSONField(null=True),
        ),
        migrations.CreateModel(
            name="RowCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("release", models.UUIDField()),
                ("column", models.CharField(max_length=63)),
                ("value", models.CharField(max_length=200, null=True)),
                ("rows", models.PositiveBigIntegerField()),
            ],
            options={"indexes": [models.Index(fields=["release", "column"], name="opendata_rowcount_column")]},
        ),
    ]
