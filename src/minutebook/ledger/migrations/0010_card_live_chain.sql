-- What was said of when cards are in force is linked, too: it prices calls. What stands already gets its links now.

set local search_path = minutebook, pg_catalog;
set local timezone = 'UTC';
select pg_advisory_xact_lock(hashtext('minutebook posting'));

insert into chain
select coalesce(last.link, 0) + row_number() over made, 'card_live', c.card_live::text,
       chained(coalesce(last.hash, ''::bytea), 'card_live ' || jsonb_strip_nulls(to_jsonb(c))::text) over made
  from card_live c left join (select link, hash from chain order by link desc limit 1) last on true
window made as (order by c.card_live);

create trigger is_linked after insert on card_live referencing new table as fresh
    for each statement execute function link_rows('card_live');
create trigger is_of_now before insert on card_live for each row execute function check_time('said_at', 'said_by');

comment on trigger is_linked on card_live is 'Each row is a link of the chain';
comment on trigger is_of_now on card_live is 'Its instant is now';
comment on table chain is 'A link for each posting, declaration, run, correction, closed month and status, and for what was said of when cards are in force, in the order in which they were made. Only added to';
