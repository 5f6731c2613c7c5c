"""Append-only tables and their month partitions: what migrations need so that the database refuses change.

A migration makes the partitioned table in SQL and adds three operations::

    ready_for_history(),              # the functions below; in every app that uses them (idempotent)
    keep_append_only("cases_step"),   # UPDATE, DELETE and TRUNCATE are refused, to the owner too
    partition_by_month("cases_step", "2024-01", "2024-12"),   # the first partitions

``ensure_month_partitions(first date, last date)`` may be called by the application role: it adds the missing
partitions of every month-partitioned table, runs as the owner and does nothing else. Partition bounds are
the first days of months; the key column is a ``date`` that holds such a day.
"""

from __future__ import annotations

from datetime import date

from django.db.migrations.operations import RunSQL
from django.db.migrations.operations.base import Operation

FUNCTIONS = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'append-only: % on % is refused; a mistake is reversed by a further row',
        TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME;
END
$$;

-- Makes the partitions of one table that are missing between two months, both included.
CREATE OR REPLACE FUNCTION ensure_months_of(parent regclass, first_month date, last_month date)
RETURNS integer LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    month date := date_trunc('month', first_month)::date;
    part text;
    made integer := 0;
    guarded boolean;
BEGIN
    guarded := EXISTS (SELECT FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
                       WHERE t.tgrelid = parent AND p.proname = 'refuse_change');
    WHILE month <= last_month LOOP
        part := (SELECT relname FROM pg_class WHERE oid = parent) || to_char(month, '_YYYY_MM');
        IF to_regclass(format('public.%I', part)) IS NULL THEN
            -- Made beside the parent and attached: writers of the parent need not wait.
            EXECUTE format('CREATE TABLE public.%I (LIKE %s INCLUDING ALL EXCLUDING IDENTITY)', part, parent);
            EXECUTE format('ALTER TABLE %s ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
                           parent, part, month, (month + interval '1 month')::date);
            IF guarded THEN
                EXECUTE format('CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.%I '
                               'FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', part);
            END IF;
            made := made + 1;
        END IF;
        month := (month + interval '1 month')::date;
    END LOOP;
    RETURN made;
END
$$;

-- For the application role: give every month-partitioned table its partitions between two days.
-- Answers how many were made.
CREATE OR REPLACE FUNCTION ensure_month_partitions(first_day date, last_day date) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    parent regclass;
    made integer := 0;
BEGIN
    IF first_day < date '2000-01-01' OR last_day >= date '2100-01-01' THEN
        RAISE EXCEPTION 'months outside 2000 to 2099: % to %', first_day, last_day;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('ensure_month_partitions'));
    FOR parent IN
        SELECT c.oid::regclass FROM pg_partitioned_table p
        JOIN pg_class c ON c.oid = p.partrelid
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = p.partattrs[0]
        WHERE p.partstrat = 'r' AND p.partnatts = 1 AND a.atttypid = 'date'::regtype
          AND c.relnamespace = 'public'::regnamespace
        ORDER BY c.relname
    LOOP
        made := made + ensure_months_of(parent, first_day, last_day);
    END LOOP;
    RETURN made;
END
$$;
"""

APPEND_ONLY_TABLES = """
SELECT DISTINCT c.relname FROM pg_trigger t
JOIN pg_proc p ON p.oid = t.tgfoid AND p.proname = 'refuse_change'
JOIN pg_class c ON c.oid = t.tgrelid
WHERE c.relnamespace = 'public'::regnamespace
"""
"""Every table that is append-only, partitions included: whatever carries the trigger."""


def ready_for_history() -> Operation:
    """The functions the other operations use; harmless when they are there."""
    return RunSQL(FUNCTIONS, reverse_sql=RunSQL.noop)


def keep_append_only(table: str) -> Operation:
    """Refuse UPDATE, DELETE and TRUNCATE on this table and, of a partitioned one, on every partition."""
    return RunSQL(
        f"CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION refuse_change();"
        f"CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();",
        reverse_sql=f"DROP TRIGGER refuse_change ON {table}; DROP TRIGGER refuse_truncate ON {table};",
    )


def partition_by_month(table: str, first: str, last: str) -> Operation:
    """The first partitions of a table PARTITION BY RANGE (a date column); both months (``2024-01``) included.

    Add it after ``keep_append_only``, so that the partitions get their guard.
    """
    days = [date.fromisoformat(f"{month}-01").isoformat() for month in (first, last)]
    return RunSQL(
        f"SELECT ensure_months_of('{table}', '{days[0]}', '{days[1]}')",
        reverse_sql=RunSQL.noop,
    )
