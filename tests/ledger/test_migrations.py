"""A book of any earlier version of the schema is brought up to date, and is as one made today."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from minutebook.ledger import migrate

if TYPE_CHECKING:
    from tests.conftest import Cluster

FILES = sorted(migrate._FOLDER.glob("*.sql"))
AS_ALEMBIC_MADE_IT = """
create schema if not exists minutebook;
create table minutebook.alembic_version (
    version_num varchar(32) not null, constraint alembic_version_pkc primary key (version_num)
);
"""
EVERYTHING = """
select 'column', table_name || '.' || column_name, data_type || is_nullable || coalesce(column_default, '')
  from information_schema.columns where table_schema = 'minutebook'
union all select 'constraint', conrelid::regclass || ' ' || conname, pg_get_constraintdef(oid)
  from pg_constraint where connamespace = 'minutebook'::regnamespace
union all select 'index', indexname, indexdef from pg_indexes where schemaname = 'minutebook'
union all select 'function', proname, pg_get_functiondef(oid)
  from pg_proc where pronamespace = 'minutebook'::regnamespace and prokind = 'f'
union all select 'trigger', tgname, pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
union all select 'grant', table_name, grantee || ' ' || privilege_type
  from information_schema.table_privileges where table_schema = 'minutebook'
union all select 'comment', objoid::regclass::text || objsubid, description
  from pg_description where classoid = 'pg_class'::regclass and objoid >= 16384
union all select 'version', version_num, '' from minutebook.alembic_version
order by 1, 2, 3
"""


def made(cluster: Cluster, name: str) -> str:
    """An empty database; gives its owner's conninfo."""
    with psycopg.connect(cluster.roles.admin, autocommit=True) as admin:
        owned = sql.SQL("create database {} owner minutebook_owner").format(sql.Identifier(name))
        admin.execute(owned)
    return make_conninfo(cluster.roles.owner, dbname=name)


def everything(conninfo: str) -> list[tuple[Any, ...]]:
    """Tables, constraints, functions, triggers, rights and comments, as the catalogue has them."""
    with psycopg.connect(conninfo) as connection:
        return connection.execute(EVERYTHING).fetchall()


def test_the_last_file_makes_the_schema_that_the_program_works_on() -> None:
    """A migration that the program does not know of would never be run, or never count."""
    versions = [file.name.partition("_")[0] for file in FILES]
    assert versions == [f"{number:04}" for number in range(1, len(FILES) + 1)]
    assert versions[-1] == migrate.HEAD


@pytest.mark.parametrize("known", range(1, len(FILES) + 1))
def test_a_database_that_alembic_made_is_brought_up_to_date(cluster: Cluster, known: int) -> None:
    """From each version: the same tables, rights and comments as in a new database."""
    fresh, old = made(cluster, f"fresh_{known}"), made(cluster, f"old_{known}")
    migrate.upgrade(fresh, "minutebook_app")
    with psycopg.connect(old) as connection:
        connection.execute(AS_ALEMBIC_MADE_IT)
        for file in FILES[:known]:
            connection.execute(file.read_bytes())
        version = FILES[known - 1].name.partition("_")[0]
        connection.execute("insert into minutebook.alembic_version values (%s)", [version])
    migrate.upgrade(old, "minutebook_app")
    assert everything(old) == everything(fresh)
    assert len(everything(fresh)) > 100
    migrate.upgrade(old, "minutebook_app")
    assert everything(old) == everything(fresh)


def test_a_migration_that_fails_leaves_the_database_as_it_was(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    """All that are missing are one transaction."""
    from minutebook.errors import DatabaseError

    for file in FILES:
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "9999_wrong.sql").write_text("create table minutebook.half (); select 1 / 0;")
    monkeypatch.setattr(migrate, "_FOLDER", tmp_path)
    conninfo = made(cluster, "failing")
    with pytest.raises(DatabaseError, match="division by zero"):
        migrate.upgrade(conninfo, "minutebook_app")
    with psycopg.connect(conninfo) as connection:
        found = connection.execute("select count(*) from pg_namespace where nspname = 'minutebook'")
        assert found.fetchone() == (0,)
