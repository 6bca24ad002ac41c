-- What providers ask for short calls, and what is owed to them for it.

set local search_path = minutebook, pg_catalog;

alter table provider add column short_calls jsonb not null default '[]';
comment on column provider.short_calls is 'What it asks for short calls, by day; empty: nothing';

insert into posting_kind values ('short_calls_cost', 'cost:short_calls');

create index journal_by_short_calls_cost on journal (account, corrects) where kind = 'short_calls_cost';

comment on column journal.kind is 'usage (calls), channels, minimum, short_calls, payment or adjustment; cost (of calls), short_calls_cost and paid, to providers; package, setup and tax are kept for later';

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
           or (j.kind <> 'adjustment' and (j.kind in ('cost', 'short_calls_cost', 'paid')) <> (a.side = 'provider'))
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
