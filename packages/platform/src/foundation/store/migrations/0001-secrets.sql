create table secret (
  name text primary key,
  sealed text not null,
  updated_at text not null
) strict;
