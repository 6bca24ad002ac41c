-- What is declared is kept in memory until something is declared again: the last link that is a declaration is found at once.

set local search_path = minutebook, pg_catalog;

create index chain_declarations on chain (link) where of_table = 'declaration';

comment on index chain_declarations is 'For the last of them: whether what is kept in memory still holds';
