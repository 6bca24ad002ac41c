-- From which network address it was asked: kept by the database itself with all that is done, in its hash.

set local search_path = minutebook, pg_catalog;

do $$
declare
    part text;
begin
    foreach part in array array['declaration', 'run', 'journal', 'month_close', 'month_change', 'account_status',
                                'correction', 'parked_pass', 'job'] loop
        execute format('alter table minutebook.%I add column asked_from text
                        default nullif(current_setting(''minutebook.asked_from'', true), '''')', part);
        execute format('comment on column minutebook.%I.asked_from is %L', part,
                       'The network address that it was asked from; null: at the machine itself, or before this was kept');
    end loop;
end $$;
