-- Backups of the book, and the backup that it was made of.

set local search_path = minutebook, pg_catalog;

create table book_copy (
    copy         bigint generated always as identity primary key,
    kind         text not null check (kind in ('backup', 'restore')),
    folder       text not null,
    host         text not null,
    taken_at     timestamptz not null,
    lake_version bigint not null,
    made_by      text not null,
    made_at      timestamptz not null default clock_timestamp()
);

create trigger book_copy_append_only before update or delete on book_copy
    for each row execute function refuse_change();
create trigger book_copy_no_truncate before truncate on book_copy
    for each statement execute function refuse_change();

comment on table book_copy is 'Backups that were taken of the book, and the backups that it was made of. Only added to';
comment on column book_copy.copy is '1, 2, 3 … in order';
comment on column book_copy.kind is 'backup: one was taken; restore: the book was made of one';
comment on column book_copy.folder is 'The folder of the backup, absolute';
comment on column book_copy.host is 'The name of the machine, for people';
comment on column book_copy.taken_at is 'Of which instant the backup is';
comment on column book_copy.lake_version is 'The version of the calls in it; -1: before any import';
comment on column book_copy.made_by is 'Who took it, or restored it: the name of the user on the machine';
comment on column book_copy.made_at is 'When it was whole';
comment on trigger book_copy_append_only on book_copy is 'No update, no delete';
comment on trigger book_copy_no_truncate on book_copy is 'No truncate';
