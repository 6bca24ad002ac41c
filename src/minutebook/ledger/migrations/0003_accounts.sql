-- Accounts that close, their status, and the channels that they held where a plan charges by them.

set local search_path = minutebook, pg_catalog;

alter table account add column closed date;     -- its last UTC day; null: open

-- Each change of an account's status; the last one holds.
create table account_status (
    change     bigint generated always as identity primary key,
    account    text not null references account,
    status     text not null check (status in ('active', 'suspended', 'closed')),
    cause      text not null check (cause in ('hand', 'floor')),
    day        date not null,                    -- the UTC day that it is from, or that showed it
    reason     text not null check (reason <> ''),
    balance    amount,                           -- what it was judged by; null: by hand
    floor      amount,
    run        bigint references run,
    changed_by text not null,
    changed_at timestamptz not null default clock_timestamp()
);
create index account_status_by_account on account_status (account, change);

-- The most channels that an account held on a day, and in its five-minute intervals: of those above
-- 0, the peaks and how many intervals have each. The latest run's row holds.
create table channel_peak (
    run     bigint not null references run,
    account text not null references account,
    day     date not null,
    peak    integer not null,
    peaks   integer[] not null,
    counts  integer[] not null,
    primary key (account, day, run)
);

-- The lake's files that a day's peaks were last computed from.
create table channel_day (
    run         bigint not null references run,
    day         date not null,
    fingerprint text not null,
    primary key (day, run)
);

do $$
declare
    name text;
begin
    foreach name in array array['account_status', 'channel_peak', 'channel_day'] loop
        execute format('create trigger %I before update or delete on minutebook.%I
                        for each row execute function minutebook.refuse_change()', name || '_append_only', name);
        execute format('create trigger %I before truncate on minutebook.%I
                        for each statement execute function minutebook.refuse_change()', name || '_no_truncate', name);
    end loop;
end $$;
