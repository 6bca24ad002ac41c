-- What was declared, or closed, by mistake is taken back: what it was stays in `declaration`, `month_close` and here.

set local search_path = minutebook, pg_catalog;

alter table account add column removed boolean not null default false;
alter table term add column removed boolean not null default false;
alter table server add column removed boolean not null default false;
alter table plan_revision add column removed boolean not null default false;
alter table source add column removed boolean not null default false;
alter table card add column removed boolean not null default false;
alter table card_revision add column removed boolean not null default false;

comment on column account.removed is 'Whether it was taken back: then it is as if it had never been declared';
comment on column term.removed is 'Whether its account was taken back';
comment on column server.removed is 'Whether it was taken back: then it is as if it had never been declared';
comment on column plan_revision.removed is 'Whether its plan was taken back: then it is as if it had never been declared';
comment on column source.removed is 'Whether it was taken back: then it is as if it had never been declared';
comment on column card.removed is 'Whether it was taken back: then it is as if it had never been imported';
comment on column card_revision.removed is 'Whether its card was taken back; its number is not given again';

drop trigger currency_stays on account;
create trigger currency_stays before update on account for each row
    when (old.currency is distinct from new.currency and not old.removed) execute function keep_currency();
comment on trigger currency_stays on account is 'Balances are in it';

-- A month is first closed by a row of month_close; opened again, and closed again, by rows of this table.
create table month_change (
    change     bigint generated always as identity primary key,
    month      date not null check (extract(day from month) = 1),
    closed     boolean not null,
    reason     text not null check (reason <> ''),
    changed_by text not null,
    changed_at timestamptz not null default clock_timestamp()
);
create trigger month_change_append_only before update or delete on month_change
    for each row execute function refuse_change();
create trigger month_change_no_truncate before truncate on month_change
    for each statement execute function refuse_change();
create trigger is_linked after insert on month_change referencing new table as fresh
    for each statement execute function link_rows('change');
create trigger is_of_now before insert on month_change for each row execute function check_time('changed_at');

comment on table month_change is 'Months that were opened again, and closed once more. A month''s last row holds. Only added to';
comment on column month_change.change is '1, 2, 3 … in the order in which it was done';
comment on column month_change.month is 'The first day of the month';
comment on column month_change.closed is 'false: it was opened again; true: it was closed once more';
comment on column month_change.reason is 'Why, in their words';
comment on column month_change.changed_by is 'Who: the name of the user on the machine';
comment on column month_change.changed_at is 'When';
comment on trigger month_change_append_only on month_change is 'No update, no delete';
comment on trigger month_change_no_truncate on month_change is 'No truncate';
comment on trigger is_linked on month_change is 'Each row is a link of the chain';
comment on trigger is_of_now on month_change is 'Its instant is now';

create function last_closed_month() returns date language sql stable
    set search_path = pg_catalog, minutebook, pg_temp as $$
    select max(month) from minutebook.month_close c
     where coalesce((select closed from minutebook.month_change m where m.month = c.month order by change desc limit 1), true)
$$;
comment on function last_closed_month() is 'The first day of the last month that is closed; null: none is';

create or replace function check_postings() returns trigger language plpgsql
    set search_path = pg_catalog, minutebook, pg_temp as $$
declare
    open_from date;
    wrong record;
begin
    select (minutebook.last_closed_month() + interval '1 month')::date into open_from;
    select f.journal, f.day into wrong from fresh f where f.day < open_from limit 1;
    if found then
        raise exception 'journal % stands on %, in a closed month', wrong.journal, wrong.day
            using errcode = 'check_violation';
    end if;
    select f.journal, f.kind into wrong from fresh f
        left join minutebook.posting_kind k on k.kind = f.kind where k.kind is null limit 1;
    if found then
        raise exception 'journal % is of the kind %, which nothing posts', wrong.journal, wrong.kind
            using errcode = 'check_violation';
    end if;
    select f.journal into wrong from fresh f left join minutebook.run r on r.run = f.run
        where case when f.run is null then f.posted_at not between now() and clock_timestamp()
                   else f.posted_at is distinct from r.posted_at end limit 1;
    if found then
        raise exception 'journal % says that it was posted at another time than now', wrong.journal
            using errcode = 'check_violation';
    end if;
    select f.journal into wrong from fresh f where coalesce(f.posted_by, '') = '' limit 1;
    if found then
        raise exception 'journal % does not say who posted it', wrong.journal using errcode = 'check_violation';
    end if;
    return null;
end $$;
