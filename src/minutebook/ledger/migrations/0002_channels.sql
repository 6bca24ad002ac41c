-- Channels that an account buys, and what its recurring charges were last computed from.

set local search_path = minutebook, pg_catalog;

alter table term add column channels integer check (channels >= 0);

-- The declarations (terms, plans, servers) that an account's channel charges and minimums were
-- last computed from; a run computes billed days again only where these have changed.
create table charged_account (
    run         bigint not null references run,
    account     text not null references account,
    fingerprint text not null,
    primary key (account, run)
);

create trigger charged_account_append_only before update or delete on charged_account
    for each row execute function refuse_change();
create trigger charged_account_no_truncate before truncate on charged_account
    for each statement execute function refuse_change();

create index journal_by_charge on journal (account, corrects) where kind in ('channels', 'minimum');
