-- Providers: whom calls are bought from. Each has an account of its own in the ledger, on the other side.

set local search_path = minutebook, pg_catalog;

do $$
declare
    taken text;
begin
    select account into taken from account where account like 'provider:%' limit 1;
    if found then
        raise exception 'an account is named %; such names are those of providers now', taken
            using errcode = 'check_violation';
    end if;
end $$;

alter table account add column side text not null default 'customer'
    check (side in ('customer', 'provider') and (side = 'provider') = (account like 'provider:%'));
alter table account add column ledger_account text not null
    generated always as (case side when 'provider' then account else 'customer:' || account end) stored;
create unique index account_by_ledger_account on account (ledger_account);

create table provider (
    provider     text primary key,
    account      text not null unique references account,
    name         text not null,
    currency     currency not null,
    card         text not null,
    credit_limit amount check (credit_limit >= 0),
    matches      jsonb not null,
    removed      boolean not null default false,
    check (account = 'provider:' || provider)
);

create table fx_rate (
    pair     text not null check (pair ~ '^[A-Z]{3}_[A-Z]{3}$'),
    from_day date not null,
    rate     amount not null check (rate > 0),
    primary key (pair, from_day)
);
comment on table fx_rate is 'Rates of exchange, for reports: nothing is posted by them';
comment on column fx_rate.pair is 'As USD_EUR: one of the first currency is so many of the second';
comment on column fx_rate.from_day is 'The first UTC day that it holds on, until the next';
comment on column fx_rate.rate is 'How many of the second';

alter table journal drop constraint journal_kind_check;
insert into posting_kind values ('cost', 'cost:usage'), ('paid', 'cash');

create or replace function check_entries() returns trigger language plpgsql
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
           or e.ledger_account <> case e.line when 1 then a.ledger_account else k.contra end
           or (j.kind <> 'adjustment' and (j.kind in ('cost', 'paid')) <> (a.side = 'provider'))
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
        where e.line = 1 and j.kind in ('payment', 'paid')
          and case when j.details ? 'reverses'
                   then o.kind is distinct from j.kind or o.account <> j.account or r.amount <> -e.amount
                   else ((e.amount < 0) = (j.kind = 'payment')) is distinct from (j.details @> '{"refund": true}') end
        limit 1;
    if found then
        raise exception 'journal % pays %, and is no payment, refund or reversal', wrong.journal, wrong.amount
            using errcode = 'check_violation';
    end if;
    return null;
end $$;

comment on table provider is 'Providers: whom calls are bought from';
comment on column provider.provider is 'Its name';
comment on column provider.account is 'Its account, which holds what we owe it';
comment on column provider.name is 'For people';
comment on column provider.currency is 'The currency of its card and of what we owe it';
comment on column provider.card is 'The buy card that prices the calls that it carries';
comment on column provider.credit_limit is 'What we may owe it at most; null: nobody said';
comment on column provider.matches is 'Which calls it carries: tables of trunk, tech_prefix and server';
comment on column provider.removed is 'Whether it was taken back: then it is as if it had never been declared';
comment on column account.side is 'customer: calls are sold to it; provider: calls are bought from it';
comment on column account.ledger_account is 'Where its balance stands among the entries: customer:ACCOUNT, or provider:NAME';
comment on function check_entries() is
    'Refuses a posting whose lines are not as many as it states or do not add up to zero, a line that is not of its posting''s account, side, kind and currency, and a payment of the wrong sign that is no refund or reversal';
comment on column posting_kind.contra is 'The ledger account of every line but the account''s own';
