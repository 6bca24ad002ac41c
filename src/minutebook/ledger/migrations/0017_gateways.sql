-- Where a provider takes calls, for the tables of switches.

set local search_path = minutebook, pg_catalog;

alter table provider add column gateway text check (gateway ~ '^sips?:[^[:space:]]+$');
comment on column provider.gateway is 'The SIP address of where it takes calls, without a user; null: nobody said';
