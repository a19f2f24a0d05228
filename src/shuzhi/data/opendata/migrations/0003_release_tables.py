"""Releases' tables are made, closed and dropped by three functions of the tables' owner.

Whoever may execute them (shuzhi.node.rights) can make nothing else: no other schema, no other name, no other type.
A new table takes rows from its maker until it is closed; after that nobody but the owner can change it.
"""

from django.db import migrations

MAKE = """
CREATE SCHEMA IF NOT EXISTS opendata;

CREATE OR REPLACE FUNCTION opendata.checked_name(name text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF name IS NULL OR name !~ '^[a-z0-9_-]{1,63}$' THEN
        RAISE EXCEPTION 'no name of a release''s table: %', name USING ERRCODE = 'invalid_name';
    END IF;
    RETURN name;
END
$$;

CREATE OR REPLACE FUNCTION opendata.make_table(name text, columns text[], types text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    parts text := '';
BEGIN
    FOR at IN 1 .. coalesce(array_length(columns, 1), 0) LOOP
        IF types[at] NOT IN ('text', 'bigint', 'numeric', 'date', 'timestamptz', 'boolean') THEN
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
BEGIN
    EXECUTE format('CREATE INDEX ON opendata.%I USING gin (upper(_text) gin_trgm_ops)', opendata.checked_name(name));
    EXECUTE format('ANALYZE opendata.%I', name);
    IF session_user <> current_user THEN
        EXECUTE format('REVOKE INSERT ON opendata.%I FROM %I', name, session_user);
    END IF;
    FOR role IN SELECT rolname FROM pg_roles WHERE has_schema_privilege(rolname, 'opendata', 'USAGE')
                AND rolname IN ('shuzhi_web', 'shuzhi_worker', 'shuzhi_reader') LOOP
        EXECUTE format('GRANT SELECT ON opendata.%I TO %I', name, role);
    END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION opendata.drop_table(name text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('DROP TABLE IF EXISTS opendata.%I', opendata.checked_name(name));
END
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA opendata FROM PUBLIC;
"""

FORGET = """
DROP FUNCTION opendata.make_table(text, text[], text[]);
DROP FUNCTION opendata.close_table(text);
DROP FUNCTION opendata.drop_table(text);
DROP FUNCTION opendata.checked_name(text);
"""


class Migration(migrations.Migration):
    dependencies = [("opendata", "0002_resources")]

    operations = [migrations.RunSQL(MAKE, FORGET)]
