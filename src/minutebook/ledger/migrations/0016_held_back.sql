-- A pass for what was parked can be taken back, before a run posts it.

set local search_path = minutebook, pg_catalog;

alter table parked_pass drop constraint parked_pass_run_account_key;
alter table parked_pass add column held boolean check (held);
create index parked_pass_of_run on parked_pass (run, account);

comment on table parked_pass is 'Who let what a run left parked of an account pass, and why: the next run posts it, and no more. Or who held it back again before that. The last row of a run and account holds. Only added to';
comment on column parked_pass.held is 'true: what had passed is held back from now on; null: it may pass';
