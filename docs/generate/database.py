"""The database: tables, columns, rules and grants of a fresh book, with the comments that stand in it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from docs.generate.tables import table

from minutebook.ledger.embedded import EmbeddedPostgres
from minutebook.ledger.migrate import upgrade

if TYPE_CHECKING:
    from psycopg.rows import TupleRow

HEAD = """\
# The database

For engineers who read the ledger with SQL, and administrators who grant it: every table of the schema `minutebook`, with the rules that
the database itself keeps. What is said of tables and columns here stands in the database as comments, so that `\\d+` and other tools show
it. This page is written by `make docs`; do not edit it. Where the database is, and its roles: [The database](../administrator/database.md).
The calls are not in it but in [the lake](../engineer/lake.md).

- Days are UTC days. Instants carry their offset (`timestamptz`).
- `numeric` amounts are exact; read them as decimals, never as floating-point numbers.
- **Only added to** means it: a trigger refuses update, delete and truncate to everybody, the owner included.
- Tables and columns are added between versions, and the program brings them up to date when it opens the book. Before 1.0 they may also
  change; the [changelog](../../CHANGELOG.md) says so.

## Reading it with other tools

A tool for reports gets a role of its own that may only read. On an [outside database](../administrator/database.md#outside), as a superuser in the
database `minutebook`:

```sql
create role reports login password '…';
grant connect on database minutebook to reports;
grant usage on schema minutebook to reports;
grant select on all tables in schema minutebook to reports;
alter default privileges for role minutebook_owner in schema minutebook grant select on tables to reports;
alter role reports set search_path = minutebook;
alter role reports set default_transaction_read_only = on;
```

A customer's balance is the sum of its entries; what was charged for a day is the sum by `corrects`:

```sql
select account, currency, sum(amount) as balance
  from entry join journal using (journal)
 where ledger_account = 'customer:' || account
 group by account, currency;
```

Write nothing, also where a role could: `verify` finds what no run posted.

## Who may do what

The application is the role that commands work as; the owner, who makes and upgrades the tables, may do all that the triggers allow.

"""


def page(owner: str | None = None) -> str:
    """The whole page, from the database that `owner` (a conninfo) owns; None: from one made for it."""
    if owner is not None:
        with psycopg.connect(owner) as connection:
            connection.execute("set search_path = minutebook")
            return _page(connection)
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedPostgres(Path(folder) / "postgres")
        roles = server.connection_info()
        try:
            upgrade(roles.owner, "minutebook_app")
            return page(roles.owner)
        finally:
            server.stop()


def _page(connection: psycopg.Connection[TupleRow]) -> str:
    tables = connection.execute(
        "select oid, relname, obj_description(oid) from pg_class"
        " where relnamespace = 'minutebook'::regnamespace and relkind = 'r' order by relname"
    ).fetchall()
    parts = [HEAD, _grants(connection), "\n"]
    for oid, name, comment in tables:
        parts.append(f"\n## {name}\n\n{comment}.\n\n{_columns(connection, oid)}")
        rules = [*_constraints(connection, oid), *_indexes(connection, oid)]
        rules += _triggers(connection, oid)
        parts.append("\n" + "".join(f"- {rule}\n" for rule in rules))
    parts.append(f"\n## Types\n\n{_domains(connection)}")
    parts.append(f"\n## Functions\n\nThose of the triggers.\n\n{_functions(connection)}")
    return "".join(parts)


def _grants(connection: psycopg.Connection[TupleRow]) -> str:
    rows = connection.execute(
        "select privileges, string_agg(format('[`%s`](#%s)', name, name), ', ' order by name) from"
        " (select table_name as name, string_agg(lower(privilege_type), ', ' order by privilege_type) as privileges"
        "    from information_schema.role_table_grants"
        "   where table_schema = 'minutebook' and grantee = 'minutebook_app' group by table_name) t"
        " group by privileges order by privileges"
    ).fetchall()
    return table(("the application may", "tables"), rows)


def _columns(connection: psycopg.Connection[TupleRow], oid: int) -> str:
    rows = connection.execute(
        "select format('`%%s`', attname), format_type(atttypid, atttypmod),"
        " case when attnotnull then '' else 'yes' end,"
        " case when attidentity <> '' then 'counted up'"
        "      when d.oid is not null then format('`%%s`', pg_get_expr(adbin, adrelid)) else '' end,"
        " col_description(attrelid, attnum)"
        " from pg_attribute left join pg_attrdef d on adrelid = attrelid and adnum = attnum"
        " where attrelid = %s and attnum > 0 and not attisdropped order by attnum",
        [oid],
    ).fetchall()
    return table(("column", "type", "null", "default", "meaning"), rows)


def _constraints(connection: psycopg.Connection[TupleRow], oid: int) -> list[str]:
    rows = connection.execute(
        "select pg_get_constraintdef(oid) from pg_constraint"
        " where conrelid = %s and contype in ('p', 'u', 'f', 'c') order by contype <> 'p', conname",
        [oid],
    )
    return [f"`{definition}`" for (definition,) in rows]


def _indexes(connection: psycopg.Connection[TupleRow], oid: int) -> list[str]:
    """Those that no constraint made."""
    rows = connection.execute(
        "select c.relname, indisunique, substring(pg_get_indexdef(indexrelid) from '\\(.*$')"
        " from pg_index join pg_class c on c.oid = indexrelid"
        " where indrelid = %s and not exists (select from pg_constraint where conindid = indexrelid)"
        " order by c.relname",
        [oid],
    )
    return [
        f"{'unique index' if unique else 'index'} `{name}` on `{of}`" for name, unique, of in rows
    ]


def _triggers(connection: psycopg.Connection[TupleRow], oid: int) -> list[str]:
    rows = connection.execute(
        "select tgname, tgfoid::regproc::text, obj_description(oid) from pg_trigger"
        " where tgrelid = %s and not tgisinternal order by tgname",
        [oid],
    )
    return [
        f"trigger `{name}` ([`{called}`](#functions)): {said[0].lower()}{said[1:]}"
        for name, called, said in rows
    ]


def _domains(connection: psycopg.Connection[TupleRow]) -> str:
    rows = connection.execute(
        "select format('`%s`', typname), format_type(typbasetype, typtypmod),"
        " format('`%s`', pg_get_constraintdef(c.oid)), obj_description(t.oid)"
        " from pg_type t left join pg_constraint c on contypid = t.oid"
        " where typnamespace = 'minutebook'::regnamespace and typtype = 'd' order by typname"
    ).fetchall()
    return table(("type", "of", "rule", "meaning"), rows)


def _functions(connection: psycopg.Connection[TupleRow]) -> str:
    rows = connection.execute(
        "select format('`%s`', proname), obj_description(oid) from pg_proc"
        " where pronamespace = 'minutebook'::regnamespace order by proname"
    ).fetchall()
    return table(("function", "what it does"), rows)
