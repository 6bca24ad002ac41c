-- The folders whose books write to the database: the last one does.

set local search_path = minutebook, pg_catalog;

create table book_home (
    home       bigint generated always as identity primary key,
    host       text not null,
    path       text not null,
    machine    text not null,
    inode      text not null,
    settled_by text not null,
    settled_at timestamptz not null default clock_timestamp()
);

create trigger book_home_append_only before update or delete on book_home
    for each row execute function refuse_change();
create trigger book_home_no_truncate before truncate on book_home
    for each statement execute function refuse_change();

comment on table book_home is 'The folders whose book wrote here, in order; the last one may write, another only reads until it is adopted. Only added to';
comment on column book_home.home is '1, 2, 3 … in order';
comment on column book_home.host is 'The name of the machine, for people';
comment on column book_home.path is 'The folder of the book, absolute';
comment on column book_home.machine is 'A hash of the machine''s own id; empty: it has none';
comment on column book_home.inode is 'The number of the folder on its disk: a copy has another';
comment on column book_home.settled_by is 'Who: the name of the user on the machine';
comment on column book_home.settled_at is 'When it wrote first, or was adopted';
comment on trigger book_home_append_only on book_home is 'No update, no delete';
comment on trigger book_home_no_truncate on book_home is 'No truncate';
