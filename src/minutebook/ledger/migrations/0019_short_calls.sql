-- Surcharges on short calls: what is posted, and the calls that it goes by.

set local search_path = minutebook, pg_catalog;

insert into posting_kind values ('short_calls', 'revenue:short_calls');

alter table tally add column short_calls bigint not null default 0;

create index journal_by_short_calls on journal (account, corrects) where kind = 'short_calls';

comment on column tally.short_calls is 'Answered calls that the plan counts as short; 0 where it charges nothing for them';
comment on column journal.kind is 'usage (calls), channels, minimum, short_calls, payment or adjustment; cost (of calls) and paid, to providers; package, setup and tax are kept for later';
