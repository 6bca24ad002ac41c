-- What each table, column, function and trigger is for, said in the database itself, so that
-- whoever looks at it with another tool reads it there. docs/reference/database.md is made from it.

set local search_path = minutebook, pg_catalog;

comment on schema minutebook is
    'A carrier''s book: what it declares, what was billed, and the ledger. The calls themselves are in the lake';

comment on domain amount is
    'Money, exact: at most ten decimals, in the currency that stands beside it or is the account''s';
comment on domain currency is 'The three capital letters of a currency, as in USD';

comment on table alembic_version is 'Which version of the schema this is';
comment on column alembic_version.version_num is 'The last migration that was run';

-- Declarations ---------------------------------------------------------------------------

comment on table plan_revision is 'Plans, each with its revisions: how an account is charged';
comment on column plan_revision.plan is 'The plan''s name';
comment on column plan_revision.from_day is 'The UTC day from which this revision holds; 0001-01-01: from always';
comment on column plan_revision.currency is 'The currency of all of its prices; every revision of a plan has the same';
comment on column plan_revision.body is 'Prices, increments, fees and rounding; amounts are texts';
comment on column plan_revision.declared_at is 'When it was last declared';

comment on table account is 'Customers: one currency and one balance each';
comment on column account.account is 'The account''s name in declarations and commands';
comment on column account.name is 'Its name for people';
comment on column account.currency is 'The currency of its plans, entries and balance';
comment on column account.debit_limit is 'How far below zero the balance may go: the floor is minus this';
comment on column account.matches is 'A list of match tables: which calls are its own. All keys of one table must hold';
comment on column account.closed is 'Its last UTC day, included; null: open';

comment on table term is 'Which plan an account is on, from which day';
comment on column term.account is 'Whose term it is';
comment on column term.from_day is 'The first UTC day on the plan; it ends the day before the next term';
comment on column term.plan is 'The plan''s name';
comment on column term.override is 'Why the account may change between minutes and channels within 30 days; null: it need not';
comment on column term.channels is 'The channels bought; null: the plan charges by the minute, or by the 95th percentile';

comment on table server is 'Servers that accounts have deployed, and owe a minimum for';
comment on column server.server is 'The server''s name, as records carry it';
comment on column server.account is 'Whose it is';
comment on column server.deployed is 'Its first UTC day, included';
comment on column server.retired is 'Its last UTC day, included; null: it is deployed still';

comment on table source is 'Where files of calls come from, and what they cannot say of themselves';
comment on column source.source is 'The source''s name, as in import --source';
comment on column source.body is 'Format, time zone, country and options';

comment on table card is 'Rate cards, by name';
comment on column card.card is 'The card''s name';
comment on column card.currency is 'The currency of all of its prices';

comment on table card_revision is 'Revisions of rate cards: a deck each. The prices themselves are Parquet files in the book''s folder cards';
comment on column card_revision.card is 'The card that it is a revision of';
comment on column card_revision.revision is '1, 2, 3 … within the card';
comment on column card_revision.live_at is 'From when calls are priced by it; null: a draft; 0001-01-01: from always';
comment on column card_revision.sha256 is 'SHA-256 of the prices, in hexadecimal: the name of their file';
comment on column card_revision.prefixes is 'How many prefixes it prices';
comment on column card_revision.file is 'The name of the deck''s file, for people';
comment on column card_revision.terms is 'What the card itself says of increments, fees and rounding; amounts are texts';
comment on column card_revision.imported_at is 'When the deck was imported';

comment on table memo is 'What the program remembers of its own work, such as the name of the book that this database is of';
comment on column memo.key is 'What is remembered';
comment on column memo.value is 'It, as text';

-- Append-only ----------------------------------------------------------------------------

comment on table declaration is 'Every change of a declaration: by whom, when, what it was and what it is. Only added to';
comment on column declaration.declaration is '1, 2, 3 … in the order of the changes';
comment on column declaration.declared_at is 'When';
comment on column declaration.declared_by is 'Who: the name of the user on the machine';
comment on column declaration.kind is 'plan, account, server, source or card';
comment on column declaration.name is 'The name of what was declared';
comment on column declaration.before is 'What it was; null: it is new';
comment on column declaration.after is 'What it is since';

comment on table run is 'Runs of bill, each one transaction. Only added to';
comment on column run.run is '1, 2, 3 … in the order of the runs';
comment on column run.through is 'The last UTC day that it billed';
comment on column run.lake_version is 'The version of the lake''s table of calls that it read';
comment on column run.posted_at is 'When; all that it posted carries this instant';
comment on column run.summary is 'What bill printed of it, as JSON';

comment on table month_close is 'Closed months: no posting stands on their days any more. Only added to';
comment on column month_close.month is 'The month''s first day';
comment on column month_close.reason is 'Why, in the words of who closed it';
comment on column month_close.closed_by is 'Who: the name of the user on the machine';
comment on column month_close.closed_at is 'When';

comment on table tally is
    'What the calls of a day, account, server and plan add up to. Each run adds the difference from what it found before: '
    'the sum over all runs is the state, the sum over the runs up to an instant what was known then. Only added to';
comment on column tally.run is 'The run that found the difference';
comment on column tally.day is 'The UTC day on which the calls were answered, or, unanswered, set up';
comment on column tally.account is 'Whose calls';
comment on column tally.server is 'The server that recorded them';
comment on column tally.plan is 'The plan that priced them';
comment on column tally.calls is 'Attempts, answered or not';
comment on column tally.answered is 'Answered calls';
comment on column tally.duration_ms is 'How long answered calls were, in milliseconds';
comment on column tally.billed_seconds is 'Seconds charged for, after increments';
comment on column tally.unpriced_calls is 'Calls that no card prices';
comment on column tally.unpriced_ms is 'How long those were, in milliseconds';
comment on column tally.numerator is 'Their cost before rounding, in units of a 600 000 000 000th of the currency: 10^-10 / 60';

comment on table priced_day is 'What each day was last priced from: unchanged, it need not be priced again. The latest run''s row holds. Only added to';
comment on column priced_day.run is 'The run that priced it';
comment on column priced_day.day is 'The UTC day';
comment on column priced_day.fingerprint is 'A hash of the plans, terms and card revisions in force on it';
comment on column priced_day.files is 'The files of the lake that its calls were in';

comment on table charged_account is 'The declarations that an account''s channel charges and minimums were last computed from. The latest run''s row holds. Only added to';
comment on column charged_account.run is 'The run that computed them';
comment on column charged_account.account is 'Whose charges';
comment on column charged_account.fingerprint is 'A hash of its terms, plans and servers';

comment on table journal is 'Postings: what was charged, paid or adjusted, each with two entries or more that add up to zero. Only added to';
comment on column journal.journal is 'Its id, made from what it is for: the same posting has the same id';
comment on column journal.kind is 'usage (calls), channels, minimum, payment or adjustment; package, setup and tax are kept for later';
comment on column journal.account is 'Whose balance it changes';
comment on column journal.day is 'The UTC day that it stands on: statements, totals and the general ledger go by it';
comment on column journal.corrects is 'The UTC day that it is for; another one than day once that month is closed';
comment on column journal.posted_at is 'When it was posted; by it a statement is shown as it was known at an instant';
comment on column journal.run is 'The run that posted it; null: by hand';
comment on column journal.reference is 'The reference of a payment or an adjustment, which counts once; null: a charge';
comment on column journal.reason is 'Why, in words';
comment on column journal.details is 'What it was computed from, as JSON; amounts are texts';
comment on column journal.lines is 'How many entries it has';
comment on column journal.body_hash is 'SHA-256 of all of it but its id and instant, in hexadecimal; verify computes it again';

comment on table entry is
    'The lines of postings. Credits are positive, debits negative: a customer''s balance is the sum of amount where ledger_account is customer:ACCOUNT. Only added to';
comment on column entry.journal is 'The posting that it is a line of';
comment on column entry.line is '1, 2, 3 … within the posting';
comment on column entry.ledger_account is 'customer:ACCOUNT, revenue:usage, revenue:channels, revenue:minimum, cash or adjustments';
comment on column entry.currency is 'The currency of the amount';
comment on column entry.amount is 'Above 0 a credit, below 0 a debit; never 0';

comment on table account_status is 'Every change of an account''s status; the last one holds. Only added to';
comment on column account_status.change is '1, 2, 3 … in the order of the changes';
comment on column account_status.account is 'Whose status';
comment on column account_status.status is 'active, suspended or closed, since then';
comment on column account_status.cause is 'hand: a person changed it; floor: the balance against the floor';
comment on column account_status.day is 'The UTC day that it is from, or that showed it';
comment on column account_status.reason is 'Why, in words';
comment on column account_status.balance is 'The balance that it was judged by; null: by hand';
comment on column account_status.floor is 'The floor that it was judged by; null: by hand';
comment on column account_status.run is 'The run that judged; null: by hand, or by a payment';
comment on column account_status.changed_by is 'Who: the name of the user on the machine';
comment on column account_status.changed_at is 'When';

comment on table channel_peak is 'The most channels that an account held on a day. The latest run''s row holds. Only added to';
comment on column channel_peak.run is 'The run that found it';
comment on column channel_peak.account is 'Whose channels';
comment on column channel_peak.day is 'The UTC day';
comment on column channel_peak.peak is 'The most channels held at one moment of the day';
comment on column channel_peak.peaks is 'The peaks above 0 of the day''s 288 five-minute intervals, each number once';
comment on column channel_peak.counts is 'How many of the intervals have each of peaks';

comment on table channel_day is 'The lake''s files that a day''s peaks were last computed from. The latest run''s row holds. Only added to';
comment on column channel_day.run is 'The run that computed them';
comment on column channel_day.day is 'The UTC day';
comment on column channel_day.fingerprint is 'A hash of the names of the files';

-- What guards ----------------------------------------------------------------------------

comment on function refuse_change() is 'Refuses to change, delete or truncate what is only added to, whoever asks';
comment on function check_journal() is 'Refuses a posting whose entries are not as many as it states, or do not add up to zero in each currency';
comment on trigger journal_is_whole on journal is 'At the commit: its entries are all there, and add up to zero';
comment on trigger entry_fits_its_journal on entry is 'At the commit: no line is added to a posting that was whole';

do $$
declare
    guard record;
begin
    for guard in
        select tgname, tgrelid::regclass as of_table from pg_trigger
         where tgfoid = 'minutebook.refuse_change()'::regprocedure
    loop
        execute format('comment on trigger %I on %s is %L', guard.tgname, guard.of_table,
            case when guard.tgname like '%\_no\_truncate' then 'No truncate' else 'No update, no delete' end);
    end loop;
end $$;
