-- People who sign in: their secrets, their sessions, wrong tries. Who they are stands in `declaration`, as the kind "user".

set local search_path = minutebook, pg_catalog;

create index declaration_by_name on declaration (kind, name, declaration);

create table user_secret (
    name            text primary key,
    password_hash   text not null check (password_hash like '$argon2id$%'),
    must_change     boolean not null,
    totp_secret     text,
    totp_confirmed  boolean not null default false check (not totp_confirmed or totp_secret is not null),
    totp_step       bigint,
    recovery_digests text[] not null default '{}'
);

create table user_session (
    session   bigint generated always as identity primary key,
    digest    text not null unique check (digest ~ '^[0-9a-f]{64}$'),
    name      text not null,
    pending   boolean not null,
    begun_at  timestamptz not null,
    seen_at   timestamptz not null,
    ends_at   timestamptz not null,
    address   text,
    agent     text,
    ended_at  timestamptz
);
create index user_session_by_name on user_session (name);

create table sign_in_try (
    try      bigint generated always as identity primary key,
    name     text not null,
    address  text,
    tried_at timestamptz not null
);
create index sign_in_try_by_name on sign_in_try (name, try);
create index sign_in_try_by_address on sign_in_try (address, try);

comment on table user_secret is 'What users prove themselves with. Changed as they change it; each change is told in declaration, without what is secret';
comment on column user_secret.name is 'The user';
comment on column user_secret.password_hash is 'Argon2id, with salt and parameters';
comment on column user_secret.must_change is 'The password was made up by the program, and is to be changed at the first sign-in';
comment on column user_secret.totp_secret is 'Of the second factor, in Base32; null: there is none';
comment on column user_secret.totp_confirmed is 'A first code was said: it is asked for';
comment on column user_secret.totp_step is 'The last step of 30 s since 1970 whose code was taken; none up to it is taken again';
comment on column user_secret.recovery_digests is 'The SHA-256 of each recovery code that is left';
comment on table user_session is 'Sessions of browsers. Not in backups; removed some time after they ended';
comment on column user_session.session is '1, 2, 3 … in order';
comment on column user_session.digest is 'The SHA-256 of the token that the browser holds';
comment on column user_session.name is 'The user';
comment on column user_session.pending is 'The password was right and the code is waited for: it opens nothing';
comment on column user_session.begun_at is 'When the user signed in';
comment on column user_session.seen_at is 'When something was last asked with it, to the minute';
comment on column user_session.ends_at is 'When it ends, if nothing more is asked with it';
comment on column user_session.address is 'The address that it was begun from; null: not known';
comment on column user_session.agent is 'What the browser said of itself, cut; null: nothing';
comment on column user_session.ended_at is 'When it was ended before its time; null: it was not';
comment on table sign_in_try is 'Tries to sign in that were wrong, or are being looked at. Not in backups; removed after a day';
comment on column sign_in_try.try is '1, 2, 3 … in order';
comment on column sign_in_try.name is 'The user; of a name that nobody has, a short hash: it may be a password that was typed into the wrong field';
comment on column sign_in_try.address is 'The address that it came from; null: not known';
comment on column sign_in_try.tried_at is 'When';
