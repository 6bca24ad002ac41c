-- Calls that a person has corrected, and imports that were taken back.

set local search_path = minutebook, pg_catalog;

create table correction (
    correction   bigint primary key check (correction > 0),
    corrected_at timestamptz not null default clock_timestamp(),
    corrected_by text not null,
    reason       text not null check (reason <> ''),
    kind         text not null check (kind in ('calls', 'import', 'undo')),
    said         jsonb not null,
    undoes       bigint unique references correction,
    import       text,
    folder       text,
    files        jsonb not null default '[]',
    calls        bigint not null check (calls > 0),
    days         date[] not null,
    accounts     text[] not null,
    check ((kind = 'undo') = (undoes is not null)),
    check ((kind = 'import') = (import is not null)),
    check ((kind = 'calls') = (folder is not null))
);

create trigger correction_append_only before update or delete on correction
    for each row execute function refuse_change();
create trigger correction_no_truncate before truncate on correction
    for each statement execute function refuse_change();

comment on table correction is 'Every correction of calls, every import taken back, and every one of these undone. Only added to';
comment on column correction.correction is '1, 2, 3 … in the order of the corrections';
comment on column correction.corrected_at is 'When';
comment on column correction.corrected_by is 'Who: the name of the user on the machine';
comment on column correction.reason is 'Why, in the words of who corrected';
comment on column correction.kind is 'calls: calls are corrected; import: a whole import is taken back; undo: a correction is taken back';
comment on column correction.said is 'What was asked for, as JSON: which calls, and what becomes of them';
comment on column correction.undoes is 'The correction that is taken back; null: none';
comment on column correction.import is 'The import that is taken back; null: none';
comment on column correction.folder is 'Where the corrected calls are, in the lake''s folder corrections; null: none are';
comment on column correction.files is 'The files in it, as JSON: name, day, calls, SHA-256, and what the lake''s log says of a file';
comment on column correction.calls is 'How many calls it bears on';
comment on column correction.days is 'The UTC days that these calls are on, before and after';
comment on column correction.accounts is 'The accounts that they are on, before and after';
comment on trigger correction_append_only on correction is 'No update, no delete';
comment on trigger correction_no_truncate on correction is 'No truncate';
