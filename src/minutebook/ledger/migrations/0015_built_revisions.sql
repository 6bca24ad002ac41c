-- A revision of a card may be built from revisions of other cards: it keeps from which, and how.

set local search_path = minutebook, pg_catalog;

alter table card_revision add column built jsonb;

comment on column card_revision.built is 'What it was built from: the revisions of its parents, and the recipe of then; null: a deck was imported';
