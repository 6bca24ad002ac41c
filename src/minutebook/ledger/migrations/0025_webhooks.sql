-- What is told to others: where to, what happened, and what came of telling it.

set local search_path = minutebook, pg_catalog;

create table webhook (
    webhook    bigint generated always as identity primary key,
    url        text not null,
    kinds      text[] not null check (kinds <> '{}'),
    internal   boolean not null,
    secret     text not null,
    made_at    timestamptz not null default clock_timestamp(),
    made_by    text not null,
    removed_at timestamptz,
    removed_by text,
    check ((removed_at is null) = (removed_by is null))
);

create table webhook_event (
    event uuid primary key,
    kind  text not null,
    at    timestamptz not null default clock_timestamp(),
    body  text not null
);

create table webhook_delivery (
    event    uuid not null references webhook_event,
    webhook  bigint not null references webhook,
    state    text not null default 'waiting' check (state in ('waiting', 'delivered', 'given up')),
    tries    integer not null default 0 check (tries >= 0),
    next_at  timestamptz default clock_timestamp(),
    tried_at timestamptz,
    status   integer,
    error    text,
    primary key (event, webhook),
    check ((next_at is null) = (state <> 'waiting'))
);

create index webhook_delivery_due on webhook_delivery (next_at) where state = 'waiting';

create trigger webhook_event_append_only before update or delete on webhook_event
    for each row execute function refuse_change();
create trigger webhook_event_no_truncate before truncate on webhook_event
    for each statement execute function refuse_change();

comment on table webhook is 'Where others are told what happens';
comment on column webhook.webhook is '1, 2, 3 …';
comment on column webhook.url is 'Where to: each event is a POST';
comment on column webhook.kinds is 'What is told: run.posted, account.suspended …';
comment on column webhook.internal is 'Whether it may be a private network, and without TLS';
comment on column webhook.secret is 'What deliveries are signed with: whsec_ and base64. Not a hash, for it is needed to sign';
comment on column webhook.made_at is 'Since when it is told';
comment on column webhook.made_by is 'Who added it';
comment on column webhook.removed_at is 'Since when it is told nothing more; null: it is told';
comment on column webhook.removed_by is 'Who removed it';
comment on table webhook_event is 'What happened and is told, kept in the transaction in which it happened. Only added to';
comment on column webhook_event.event is 'Its id, the webhook-id of each delivery';
comment on column webhook_event.kind is 'run.posted, account.suspended …';
comment on column webhook_event.at is 'When it was kept';
comment on column webhook_event.body is 'What is sent: JSON';
comment on trigger webhook_event_append_only on webhook_event is 'No update, no delete';
comment on trigger webhook_event_no_truncate on webhook_event is 'No truncate';
comment on table webhook_delivery is 'An event for one place: whether it was told there';
comment on column webhook_delivery.event is 'What is told';
comment on column webhook_delivery.webhook is 'Where to';
comment on column webhook_delivery.state is 'waiting; delivered: an answer from 200 to 299; given up';
comment on column webhook_delivery.tries is 'How often it was sent';
comment on column webhook_delivery.next_at is 'When it is sent next; null: no more';
comment on column webhook_delivery.tried_at is 'When it was sent last';
comment on column webhook_delivery.status is 'The status of the last answer; null: there was none';
comment on column webhook_delivery.error is 'Why it was not delivered the last time';
