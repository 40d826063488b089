create table token (
  id text primary key,
  name text not null,
  rights text not null,
  digest text not null,
  created_at text not null,
  created_by text not null,
  revoked_at text
) strict;

create unique index token_name on token (name) where revoked_at is null;
