-- Work that is asked for and done later: runs, imports, reports. What it does stands in the ledger as anybody's; a row
-- here says who asked, how far it is, and what came of it.

set local search_path = minutebook, pg_catalog;

create table job (
    job          uuid primary key,
    place        bigint generated always as identity unique,
    kind         text not null,
    arguments    jsonb not null check (jsonb_typeof(arguments) = 'object'),
    asked_by     text not null,
    made_at      timestamptz not null default clock_timestamp(),
    schedule     text,
    due_at       timestamptz,
    state        text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'failed', 'cancelled')),
    tries        integer not null default 0 check (tries >= 0),
    worker       text,
    started_at   timestamptz,
    told_at      timestamptz,
    unit         text,
    done         bigint,
    total        bigint,
    cancelled_by text,
    ended_at     timestamptz,
    status       integer,
    result       json,
    error        text,
    notes        text[] not null default '{}',
    unique (schedule, due_at),
    check ((schedule is null) = (due_at is null)),
    check ((ended_at is null) = (state in ('waiting', 'running'))),
    check ((error is null) = (state not in ('failed', 'cancelled')))
);

create index job_to_do on job (place) where state in ('waiting', 'running');

comment on table job is 'Work that is asked for and done later, by a worker: what, by whom, how far, and what came of it';
comment on column job.job is 'Its id, made by who asked';
comment on column job.place is '1, 2, 3 … in the order of asking: those first in it are done first';
comment on column job.kind is 'What is to be done: bill, import …';
comment on column job.arguments is 'With what';
comment on column job.asked_by is 'Who asked, and in whose name it is done: the name of the user on the machine, key:NAME, or schedule:NAME';
comment on column job.made_at is 'When it was asked for';
comment on column job.schedule is 'The schedule that asked; null: a person or a program did';
comment on column job.due_at is 'The time of the schedule that it is for; each makes one job';
comment on column job.state is 'waiting; running; done; failed: nothing was done, or not all; cancelled';
comment on column job.tries is 'How many workers took it up';
comment on column job.worker is 'Who took it up last: user, process and machine';
comment on column job.started_at is 'When it was taken up last';
comment on column job.told_at is 'When its worker last told how far it is';
comment on column job.unit is 'What is counted: calls, bytes …; null: nothing yet';
comment on column job.done is 'How many of them are done';
comment on column job.total is 'Of how many';
comment on column job.cancelled_by is 'Who asked that it be stopped';
comment on column job.ended_at is 'When it ended';
comment on column job.status is 'The exit status of its command: 0 done; 1 done, and something needs a person; else it failed. null: it was not reached';
comment on column job.result is 'What its command printed as JSON';
comment on column job.error is 'Why it failed, or that it was cancelled';
comment on column job.notes is 'What its command said beside its result';
