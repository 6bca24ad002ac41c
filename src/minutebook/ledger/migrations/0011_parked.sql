-- What a run did not post, as it was beyond the bounds of what an account is used to, and who let it pass.

set local search_path = minutebook, pg_catalog;

-- A run writes what it leaves parked, all of it: so what is parked now are the rows of the last run.
create table parked (
    parked    bigint generated always as identity primary key,
    run       bigint not null references run,
    account   text not null references account,
    day       date not null,
    kind      text not null references posting_kind,
    charged   amount not null,
    due       amount not null,
    beyond    text check (beyond in ('day', 'refund')),
    usual     amount,
    since_run bigint not null,
    passed    bigint,
    unique (run, account, day, kind)
);

create table parked_pass (
    parked_pass bigint generated always as identity primary key,
    run         bigint not null references run,
    account     text not null references account,
    reason      text not null check (reason <> ''),
    passed_by   text not null check (passed_by <> ''),
    passed_at   timestamptz not null default clock_timestamp(),
    unique (run, account)
);
alter table parked add foreign key (passed) references parked_pass;
create index parked_beyond on parked (account, day) where beyond is not null;

create trigger is_of_now before insert on parked_pass for each row execute function check_time('passed_at');
create trigger is_linked after insert on parked referencing new table as fresh
    for each statement execute function link_rows('parked');
create trigger is_linked after insert on parked_pass referencing new table as fresh
    for each statement execute function link_rows('parked_pass');
create trigger parked_append_only before update or delete on parked
    for each row execute function refuse_change();
create trigger parked_no_truncate before truncate on parked
    for each statement execute function refuse_change();
create trigger parked_pass_append_only before update or delete on parked_pass
    for each row execute function refuse_change();
create trigger parked_pass_no_truncate before truncate on parked_pass
    for each statement execute function refuse_change();

comment on table parked is 'What a run did not post, since it was beyond the bounds of what an account is used to, and all that was due to the account beside it. What is parked now are the rows of the last run. Only added to';
comment on column parked.parked is '1, 2, 3 …';
comment on column parked.run is 'The run that left it parked';
comment on column parked.account is 'Whose it is';
comment on column parked.day is 'The UTC day that it is for';
comment on column parked.kind is 'The kind of the charge, as of a posting';
comment on column parked.charged is 'What is charged for it, and stays charged; positive';
comment on column parked.due is 'What the run found due for it; positive';
comment on column parked.beyond is 'day: the day''s charge is beyond the usual; refund: too much of what was charged would be paid back; null: parked with the others of its account';
comment on column parked.usual is 'The account''s usual day, rounded to the currency''s smallest unit; null: not asked for';
comment on column parked.since_run is 'The last run before it was parked: corrections made after it bear on it';
comment on column parked.passed is 'By which it may pass already, while others of its account may not; null: by none so far';
comment on table parked_pass is 'Who let what a run left parked of an account pass, and why: the next run posts it, and no more. Only added to';
comment on column parked_pass.parked_pass is '1, 2, 3 …';
comment on column parked_pass.run is 'The run whose parked postings may pass';
comment on column parked_pass.account is 'Of which account';
comment on column parked_pass.reason is 'Why, in their words';
comment on column parked_pass.passed_by is 'Who: the name of the user on the machine';
comment on column parked_pass.passed_at is 'When';
comment on trigger is_of_now on parked_pass is 'Its instant is now';
comment on trigger is_linked on parked is 'Each row is a link of the chain';
comment on trigger is_linked on parked_pass is 'Each row is a link of the chain';
comment on trigger parked_append_only on parked is 'No update, no delete';
comment on trigger parked_no_truncate on parked is 'No truncate';
comment on trigger parked_pass_append_only on parked_pass is 'No update, no delete';
comment on trigger parked_pass_no_truncate on parked_pass is 'No truncate';
comment on table chain is 'A link for each posting, declaration, run, correction, closed month and status, for what was said of when cards are in force, what is parked and who lets it pass, in the order in which they were made. Only added to';
