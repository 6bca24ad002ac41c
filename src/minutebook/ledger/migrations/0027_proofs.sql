-- What the book was proved by and when; jobs found by their kind; a webhook's secret changed; what was told long ago cleared.

set local search_path = minutebook, pg_catalog;

create table proof (
    proof    bigint generated always as identity primary key,
    begun_at timestamptz not null,
    ended_at timestamptz not null default clock_timestamp(),
    by_user  text not null,
    failing  text[] not null,
    links    bigint not null,
    head     text not null
);

create trigger proof_append_only before update or delete on proof
    for each row execute function refuse_change();
create trigger proof_no_truncate before truncate on proof
    for each statement execute function refuse_change();

create index job_by_kind on job (kind, place);
create index job_failed on job (place) where state = 'failed';

alter table webhook add column old_secret text;
alter table webhook add column old_until timestamptz;
alter table webhook add constraint webhook_old_secret check ((old_secret is null) = (old_until is null));

drop trigger webhook_event_append_only on webhook_event;
create trigger webhook_event_unchanged before update on webhook_event
    for each row execute function refuse_change();
create index webhook_event_by_time on webhook_event (at);

comment on table proof is 'What came of proving the book, each time. Only added to';
comment on column proof.proof is '1, 2, 3 … in order';
comment on column proof.begun_at is 'When it was begun';
comment on column proof.ended_at is 'When it was ended';
comment on column proof.by_user is 'Who had it proved: the name of the user on the machine, user:NAME, key:NAME or schedule:NAME';
comment on column proof.failing is 'The checks that found differences; empty: the book is proved';
comment on column proof.links is 'How many links the chain had then';
comment on column proof.head is 'The hash of the last of them; empty in a new book';
comment on trigger proof_append_only on proof is 'No update, no delete';
comment on trigger proof_no_truncate on proof is 'No truncate';
comment on column webhook.old_secret is 'The secret before the last change; what is sent is signed with it too, for a while';
comment on column webhook.old_until is 'Until when';
comment on table webhook_event is 'What happened and is told, kept in the transaction in which it happened. Never changed; removed some time after all of it was told or given up';
comment on trigger webhook_event_unchanged on webhook_event is 'No update';
comment on table webhook_delivery is 'An event for one place: whether it was told there. Removed with the event';
