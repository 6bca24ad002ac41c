-- What files of the lake are to be: its newest version stands in memo, the digests of files here.

set local search_path = minutebook, pg_catalog;

-- Files that earlier versions of the program wrote carry no digest in their names: a verification that
-- found the whole book sound keeps theirs.
create table lake_digest (
    file     text primary key,
    digest   text not null check (digest ~ '^[0-9a-f]{32}$'),
    given_at timestamptz not null default clock_timestamp()
);
comment on table lake_digest is 'Digests of files of the lake whose names carry none, kept by a verification that found the book sound. Only added to';
comment on column lake_digest.file is 'The file''s own name';
comment on column lake_digest.digest is 'The first 32 hexadecimal digits of the SHA-256 of its bytes';
comment on column lake_digest.given_at is 'When it was kept';

create trigger lake_digest_append_only before update or delete on lake_digest
    for each row execute function refuse_change();
create trigger lake_digest_no_truncate before truncate on lake_digest
    for each statement execute function refuse_change();
comment on trigger lake_digest_append_only on lake_digest is 'No update, no delete';
comment on trigger lake_digest_no_truncate on lake_digest is 'No truncate';
