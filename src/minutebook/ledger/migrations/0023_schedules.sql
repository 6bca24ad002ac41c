-- What is to be done again and again: declared, as the rest.

set local search_path = minutebook, pg_catalog;

create table schedule (
    schedule text primary key,
    body     jsonb not null,
    since    timestamptz not null default clock_timestamp(),
    removed  boolean not null default false
);

comment on table schedule is 'What is to be done again and again, by jobs';
comment on column schedule.schedule is 'Its name';
comment on column schedule.body is 'What it says, as its table of an apply file';
comment on column schedule.since is 'Since when it says so: times before it are not due';
comment on column schedule.removed is 'Whether it was taken back: then it makes no more jobs';
