-- A revision of a card may be in force in several intervals: what was said of it is only added to.

set local search_path = minutebook, pg_catalog;

create table card_live (
    card_live bigint generated always as identity primary key,
    card      text not null,
    revision  integer not null,
    live      boolean not null,
    at        timestamptz not null,
    said_at   timestamptz not null default clock_timestamp(),
    said_by   text not null,
    reason    text check (reason <> ''),
    foreign key (card, revision) references card_revision
);

-- Until now a revision had one instant, and of one instant the higher revision held: the order is theirs.
insert into card_live (card, revision, live, at, said_at, said_by)
    select r.card, r.revision, true, r.live_at, coalesce(d.declared_at, r.imported_at), coalesce(d.declared_by, '')
    from card_revision r
    left join lateral (
        select declared_at, declared_by from declaration
        where kind = 'card' and name = r.card and (after ->> 'revision')::integer = r.revision
        order by declaration desc limit 1
    ) d on true
    where r.live_at is not null
    order by r.card, r.revision;

alter table card_revision drop column live_at;

create trigger card_live_append_only before update or delete on card_live
    for each row execute function refuse_change();
create trigger card_live_no_truncate before truncate on card_live
    for each statement execute function refuse_change();

comment on table card_live is 'What was said of when revisions of cards are in force: taken live, or withdrawn. Only added to';
comment on column card_live.card_live is '1, 2, 3 … in the order in which it was said; what is said later holds before what was said earlier';
comment on column card_live.card is 'The card';
comment on column card_live.revision is 'Its revision';
comment on column card_live.live is 'true: it is live from the instant on; false: it is out of force from the instant on';
comment on column card_live.at is 'From when; 0001-01-01: from always';
comment on column card_live.said_at is 'When it was said';
comment on column card_live.said_by is 'Who: the name of the user on the machine';
comment on column card_live.reason is 'Why, in their words; null: not said';
comment on trigger card_live_append_only on card_live is 'No update, no delete';
comment on trigger card_live_no_truncate on card_live is 'No truncate';
