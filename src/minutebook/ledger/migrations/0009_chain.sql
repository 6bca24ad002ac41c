-- Who posted what, what the database itself refuses to post, and the chain that shows what is gone.

set local search_path = minutebook, pg_catalog;
set local timezone = 'UTC';

-- No NaN, and no amount past what any carrier's money could be.
alter domain amount add constraint amount_is_of_this_world
    check (value > -1000000000000000000 and value < 1000000000000000000);

-- Who, and why. Null: from before it was kept.
alter table journal add column posted_by text;
alter table run add column run_by text;
alter table declaration add column reason text;

comment on column journal.posted_by is 'Who: the name of the user on the machine; null: posted before this was kept';
comment on column run.run_by is 'Who: the name of the user on the machine; null: run before this was kept';
comment on column declaration.reason is 'Why, or by which command; null: declared before this was kept';

-- What may be posted ---------------------------------------------------------------------

create table posting_kind (
    kind   text primary key,
    contra text not null
);
insert into posting_kind values
    ('usage', 'revenue:usage'), ('channels', 'revenue:channels'), ('minimum', 'revenue:minimum'),
    ('payment', 'cash'), ('adjustment', 'adjustments');

comment on table posting_kind is 'What can be posted, and against what';
comment on column posting_kind.kind is 'The kind of the posting';
comment on column posting_kind.contra is 'The ledger account of every line but the customer''s';

-- All that is posted or told by hand waits for one lock, so that it has an order: the one that
-- the program names "minutebook posting".
create function hold_posting() returns trigger language plpgsql
    set search_path = pg_catalog, minutebook, pg_temp as $$
begin
    perform pg_advisory_xact_lock(hashtext('minutebook posting'));
    return null;
end $$;

create function check_postings() returns trigger language plpgsql
    set search_path = pg_catalog, minutebook, pg_temp as $$
declare
    open_from date;
    wrong record;
begin
    select (max(month) + interval '1 month')::date into open_from from minutebook.month_close;
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

-- Lines come with all others of their posting, in one statement: so they are checked together.
create or replace function check_journal() returns trigger language plpgsql
    set search_path = pg_catalog, minutebook, pg_temp as $$
begin
    if not exists (select from minutebook.entry where entry.journal = new.journal) then
        raise exception 'journal % states % lines and has 0', new.journal, new.lines
            using errcode = 'check_violation';
    end if;
    return null;
end $$;
drop trigger entry_fits_its_journal on entry;

create function check_entries() returns trigger language plpgsql
    set search_path = pg_catalog, minutebook, pg_temp as $$
declare
    wrong record;
begin
    select j.journal, j.lines, e.posted, e.total into wrong
        from (select journal, count(*) as posted, sum(amount) as total from minutebook.entry
               where journal in (select journal from fresh) group by journal) e
        join minutebook.journal j on j.journal = e.journal
        where e.posted <> j.lines or e.total <> 0 limit 1;
    if found and wrong.posted <> wrong.lines then
        raise exception 'journal % states % lines and has %', wrong.journal, wrong.lines, wrong.posted
            using errcode = 'check_violation';
    elsif found then
        raise exception 'journal % does not balance, but comes to %', wrong.journal, wrong.total
            using errcode = 'check_violation';
    end if;
    select e.journal, e.line, e.ledger_account, e.currency into wrong
        from fresh e
        join minutebook.journal j on j.journal = e.journal
        join minutebook.account a on a.account = j.account
        join minutebook.posting_kind k on k.kind = j.kind
        where e.currency <> a.currency
           or e.ledger_account <> case e.line when 1 then 'customer:' || j.account else k.contra end
        limit 1;
    if found then
        raise exception 'journal %, line %: % in % is not what such a posting to its account is made of',
            wrong.journal, wrong.line, wrong.ledger_account, wrong.currency using errcode = 'check_violation';
    end if;
    select e.journal, e.amount into wrong
        from fresh e
        join minutebook.journal j on j.journal = e.journal
        left join minutebook.entry r on r.line = 1 and r.journal::text = j.details->>'reverses'
        left join minutebook.journal o on o.journal = r.journal
        where e.line = 1 and j.kind = 'payment'
          and case when j.details ? 'reverses'
                   then o.kind is distinct from 'payment' or o.account <> j.account or r.amount <> -e.amount
                   else (e.amount < 0) is distinct from (j.details @> '{"refund": true}') end
        limit 1;
    if found then
        raise exception 'journal % pays %, and is no payment, refund or reversal', wrong.journal, wrong.amount
            using errcode = 'check_violation';
    end if;
    return null;
end $$;

create function check_time() returns trigger language plpgsql
    set search_path = pg_catalog, minutebook, pg_temp as $$
begin
    if (to_jsonb(new)->>tg_argv[0])::timestamptz not between now() and clock_timestamp() then
        raise exception '%: % is another time than now', tg_table_name, tg_argv[0]
            using errcode = 'check_violation';
    end if;
    if tg_nargs > 1 and coalesce(to_jsonb(new)->>tg_argv[1], '') = '' then
        raise exception '%: % is not said', tg_table_name, tg_argv[1] using errcode = 'check_violation';
    end if;
    return new;
end $$;

create function keep_currency() returns trigger language plpgsql
    set search_path = pg_catalog, minutebook, pg_temp as $$
begin
    raise exception 'the currency of account % is %, and stays so', old.account, old.currency
        using errcode = 'check_violation';
end $$;

create trigger a_posting_waits before insert on journal for each statement execute function hold_posting();
create trigger may_be_posted after insert on journal referencing new table as fresh
    for each statement execute function check_postings();
create trigger may_be_posted after insert on entry referencing new table as fresh
    for each statement execute function check_entries();
create trigger is_of_now before insert on run for each row execute function check_time('posted_at', 'run_by');
create trigger is_of_now before insert on declaration for each row execute function check_time('declared_at', 'reason');
create trigger is_of_now before insert on month_close for each row execute function check_time('closed_at');
create trigger is_of_now before insert on account_status for each row execute function check_time('changed_at');
create trigger is_of_now before insert on correction for each row execute function check_time('corrected_at');
create trigger currency_stays before update on account for each row
    when (old.currency is distinct from new.currency) execute function keep_currency();

comment on function hold_posting() is 'Waits until nobody else posts, so that postings have an order';
comment on function check_postings() is
    'Refuses a posting into a closed month, of a kind that nothing posts, with another instant than now, or by nobody';
comment on function check_journal() is 'Refuses a posting that has no lines';
comment on trigger journal_is_whole on journal is 'At the commit: it has lines';
comment on function check_entries() is
    'Refuses a posting whose lines are not as many as it states or do not add up to zero, a line that is not of its posting''s account, kind and currency, and a payment below 0 that is no refund or reversal';
comment on function check_time() is 'Refuses an instant that is not now, and a row that does not say who or why';
comment on function keep_currency() is 'Refuses another currency for an account';
comment on trigger a_posting_waits on journal is 'One at a time';
comment on trigger may_be_posted on journal is 'Into an open month, of a known kind, now';
comment on trigger may_be_posted on entry is 'To its account, against what its kind asks for, in the account''s currency';
comment on trigger is_of_now on run is 'Its instant is now';
comment on trigger is_of_now on declaration is 'Its instant is now';
comment on trigger is_of_now on month_close is 'Its instant is now';
comment on trigger is_of_now on account_status is 'Its instant is now';
comment on trigger is_of_now on correction is 'Its instant is now';
comment on trigger currency_stays on account is 'Balances are in it';

-- The chain ------------------------------------------------------------------------------

-- A link's hash covers the link before it, so that nothing earlier can be changed, inserted or
-- taken away without every later link being wrong. A posting's lines are covered by its body_hash.
create table chain (
    link     bigint primary key,
    of_table text not null,
    key      text not null,
    hash     bytea not null
);
comment on table chain is 'A link for each posting, declaration, run, correction, closed month and status, in the order in which they were made. Only added to';
comment on column chain.link is '1, 2, 3 …';
comment on column chain.of_table is 'The table that the row is in';
comment on column chain.key is 'The row''s key there, as text';
comment on column chain.hash is 'SHA-256 of the hash before it and of the row as JSON without its nulls';

create function next_hash(state bytea, before bytea, said text) returns bytea language plpgsql
    immutable parallel safe as $$
begin
    return sha256(coalesce(state, before) || convert_to(said, 'UTF8'));
end $$;
create aggregate chained(before bytea, said text) (sfunc = next_hash, stype = bytea);

create function link_rows() returns trigger language plpgsql security definer
    set search_path = pg_catalog, minutebook, pg_temp set timezone = 'UTC' as $$
declare
    last minutebook.chain;
begin
    perform pg_advisory_xact_lock(hashtext('minutebook posting'));
    select * into last from minutebook.chain order by link desc limit 1;
    execute format(
        'insert into minutebook.chain
         select $1 + row_number() over (order by %1$I), %2$L, %1$I::text,
                minutebook.chained($2, %2$L || '' '' || jsonb_strip_nulls(to_jsonb(f))::text) over (order by %1$I)
           from fresh f', tg_argv[0], tg_table_name)
        using coalesce(last.link, 0), coalesce(last.hash, ''::bytea);
    return null;
end $$;

do $$
declare
    part record;
begin
    for part in select * from (values ('declaration', 'declaration'), ('run', 'run'), ('month_close', 'month'),
                                      ('journal', 'journal'), ('account_status', 'change'),
                                      ('correction', 'correction')) as v(name, key) loop
        execute format('create trigger is_linked after insert on minutebook.%I referencing new table as fresh
                        for each statement execute function minutebook.link_rows(%L)', part.name, part.key);
        execute format('comment on trigger is_linked on minutebook.%I is %L', part.name, 'Each row is a link of the chain');
    end loop;
end $$;

insert into chain
with linked as (
    select 'declaration' as of_table, declaration::text as key, declared_at as at, to_jsonb(t) as kept from declaration t
    union all select 'run', run::text, posted_at, to_jsonb(t) from run t
    union all select 'correction', correction::text, corrected_at, to_jsonb(t) from correction t
    union all select 'month_close', month::text, closed_at, to_jsonb(t) from month_close t
    union all select 'journal', journal::text, posted_at, to_jsonb(t) from journal t
    union all select 'account_status', change::text, changed_at, to_jsonb(t) from account_status t
)
select row_number() over made, of_table, key,
       chained(''::bytea, of_table || ' ' || jsonb_strip_nulls(kept)::text) over made
  from linked window made as (order by at, of_table <> 'declaration', of_table <> 'run', of_table, length(key), key);

create trigger chain_append_only before update or delete on chain
    for each row execute function refuse_change();
create trigger chain_no_truncate before truncate on chain
    for each statement execute function refuse_change();
create trigger posting_kind_append_only before update or delete on posting_kind
    for each row execute function refuse_change();
create trigger posting_kind_no_truncate before truncate on posting_kind
    for each statement execute function refuse_change();

comment on function next_hash(bytea, bytea, text) is 'The hash of a link: of the one before it, and of what the row says';
comment on aggregate chained(bytea, text) is 'The hash of each link, from the hash before the first of them';
comment on function link_rows() is 'Adds a link for each row that is made';
comment on trigger chain_append_only on chain is 'No update, no delete';
comment on trigger chain_no_truncate on chain is 'No truncate';
comment on trigger posting_kind_append_only on posting_kind is 'No update, no delete';
comment on trigger posting_kind_no_truncate on posting_kind is 'No truncate';
