-- Answers to requests that say by which key they are to be done once.

set local search_path = minutebook, pg_catalog;

create table request_answer (
    asked_by        text not null,
    idempotency_key text not null,
    request_digest  text not null check (request_digest ~ '^[0-9a-f]{64}$'),
    status          integer not null check (status between 200 and 299),
    body            text not null,
    answered_at     timestamptz not null default clock_timestamp(),
    primary key (asked_by, idempotency_key)
);

create trigger request_answer_append_only before update or delete on request_answer
    for each row execute function refuse_change();
create trigger request_answer_no_truncate before truncate on request_answer
    for each statement execute function refuse_change();

comment on table request_answer is 'The first answers to requests with an Idempotency-Key, kept in the transaction that did what was asked. Only added to';
comment on column request_answer.asked_by is 'The name of the key of access that asked';
comment on column request_answer.idempotency_key is 'As the request said it';
comment on column request_answer.request_digest is 'The SHA-256 of what was asked: method, path and body';
comment on column request_answer.status is 'Of the answer; one that refused is not kept';
comment on column request_answer.body is 'Of the answer: JSON';
comment on column request_answer.answered_at is 'When it was done';
comment on trigger request_answer_append_only on request_answer is 'No update, no delete';
comment on trigger request_answer_no_truncate on request_answer is 'No truncate';
