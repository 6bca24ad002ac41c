-- A card may be declared, before its first revision too: its currency, whose prices it has, how it is built.

set local search_path = minutebook, pg_catalog;

alter table card add column body jsonb;

comment on column card.body is 'What is declared of it beside its decks; null: nothing, it was imported';
