-- What customers are shown of their own accounts.

set local search_path = minutebook, pg_catalog;

alter table account add column mask_numbers boolean not null default false;
alter table account add column offers text[] not null default '{}';

comment on column account.mask_numbers is 'Whether the customer is shown the numbers that it called without their last digits';
comment on column account.offers is 'Plans that the customer may compare its own with';
