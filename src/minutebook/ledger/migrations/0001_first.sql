-- What a carrier declares, what was billed, and the ledger.
-- Declarations can be changed (each change is kept in `declaration`); everything below
-- "append-only" can only be added to, by anybody.

create schema if not exists minutebook;
set local search_path = minutebook, pg_catalog;

create domain amount as numeric check (scale(value) <= 10);
create domain currency as text check (value ~ '^[A-Z]{3}$');

-- Declarations ---------------------------------------------------------------------------

create table plan_revision (
    plan        text not null,
    from_day    date not null,                 -- 0001-01-01: from always
    currency    currency not null,
    body        jsonb not null,
    declared_at timestamptz not null default now(),
    primary key (plan, from_day)
);

create table account (
    account     text primary key,
    name        text not null,
    currency    currency not null,
    debit_limit amount not null,
    matches     jsonb not null
);

create table term (
    account   text not null references account,
    from_day  date not null,
    plan      text not null,
    override  text,
    primary key (account, from_day)
);

create table server (
    server   text primary key,
    account  text not null references account,
    deployed date not null,
    retired  date,
    check (retired >= deployed)
);

create table source (
    source text primary key,
    body   jsonb not null
);

create table card (
    card     text primary key,
    currency currency not null
);

create table card_revision (
    card        text not null references card,
    revision    integer not null check (revision > 0),
    live_at     timestamptz,                   -- null: a draft; 0001-01-01: from always
    sha256      text not null,                 -- of the prices, kept as Parquet beside the calls
    prefixes    integer not null,
    file        text not null,                 -- the deck's name, for people
    terms       jsonb not null,                -- what the card says of increments, fees, rounding
    imported_at timestamptz not null default now(),
    primary key (card, revision)
);

create table memo (                            -- what the program remembers of its own work
    key   text primary key,
    value text not null
);

-- Append-only ----------------------------------------------------------------------------

create table declaration (
    declaration bigint generated always as identity primary key,
    declared_at timestamptz not null default now(),
    declared_by text not null,
    kind        text not null,
    name        text not null,
    before      jsonb,
    after       jsonb
);

create table run (
    run          bigint primary key,
    through      date not null,
    lake_version bigint not null,
    posted_at    timestamptz not null default now(),
    summary      jsonb not null
);

create table month_close (
    month     date primary key check (extract(day from month) = 1),
    reason    text not null check (reason <> ''),
    closed_by text not null,
    closed_at timestamptz not null default now()
);

-- What a run found in the lake for a day; a run adds the difference to what was there before,
-- so a sum over runs is the state, and a sum over the runs up to an instant what was known then.
create table tally (
    run            bigint not null references run,
    day            date not null,
    account        text not null references account,
    server         text not null,
    plan           text not null,
    calls          bigint not null,
    answered       bigint not null,
    duration_ms    bigint not null,
    billed_seconds bigint not null,
    unpriced_calls bigint not null,
    unpriced_ms    bigint not null,
    numerator      numeric not null check (scale(numerator) = 0), -- cost in units of 1e-10/60
    primary key (day, account, server, plan, run)
);
create index tally_by_account on tally (account, day);
create index tally_unpriced on tally (day) where unpriced_calls <> 0;

-- What a day was last priced from: the lake's files, and the prices and terms in force.
create table priced_day (
    run         bigint not null references run,
    day         date not null,
    fingerprint text not null,
    files       text[] not null,
    primary key (day, run)
);

create table journal (
    journal   uuid primary key,
    kind      text not null check (kind in ('usage', 'channels', 'minimum', 'package', 'setup',
                                            'tax', 'adjustment', 'payment')),
    account   text not null references account,
    day       date not null,                   -- the day that it stands on
    corrects  date not null,                   -- the day that it is for: another one once that month is closed
    posted_at timestamptz not null default now(),
    run       bigint references run,
    reference text,
    reason    text not null,
    details   jsonb not null default '{}',
    lines     smallint not null check (lines >= 2),
    body_hash text not null
);
create index journal_by_account on journal (account, day);
create index journal_by_corrects on journal (corrects, kind);
create index journal_by_day on journal (day);
create unique index journal_reference on journal (account, kind, reference) where reference is not null;

-- Credits are positive, debits negative: a payment debits cash and credits the customer.
create table entry (
    journal        uuid not null references journal,
    line           smallint not null check (line > 0),
    ledger_account text not null,
    currency       currency not null,
    amount         amount not null check (amount <> 0),
    primary key (journal, line)
);
create index entry_by_ledger_account on entry (ledger_account);

create function refuse_change() returns trigger language plpgsql
    set search_path = pg_catalog, minutebook, pg_temp as $$
begin
    raise exception '% is append-only: % is refused', tg_table_name, tg_op
        using errcode = 'restrict_violation';
end $$;

create function check_journal() returns trigger language plpgsql
    set search_path = pg_catalog, minutebook, pg_temp as $$
declare
    stated smallint;
    posted bigint;
    unbalanced text;
begin
    select lines into stated from minutebook.journal where journal.journal = new.journal;
    select count(*) into posted from minutebook.entry where entry.journal = new.journal;
    if posted is distinct from stated::bigint then
        raise exception 'journal % states % lines and has %', new.journal, stated, posted
            using errcode = 'check_violation';
    end if;
    select currency into unbalanced from minutebook.entry where entry.journal = new.journal
        group by currency having sum(amount) <> 0 limit 1;
    if found then
        raise exception 'journal % does not balance in %', new.journal, unbalanced
            using errcode = 'check_violation';
    end if;
    return null;
end $$;

create constraint trigger journal_is_whole after insert on journal
    deferrable initially deferred for each row execute function check_journal();
create constraint trigger entry_fits_its_journal after insert on entry
    deferrable initially deferred for each row execute function check_journal();

do $$
declare
    name text;
begin
    foreach name in array array['declaration', 'run', 'month_close', 'tally', 'priced_day', 'journal', 'entry'] loop
        execute format('create trigger %I before update or delete on minutebook.%I
                        for each row execute function minutebook.refuse_change()', name || '_append_only', name);
        execute format('create trigger %I before truncate on minutebook.%I
                        for each statement execute function minutebook.refuse_change()', name || '_no_truncate', name);
    end loop;
end $$;
