create table write_key (
  key text primary key,
  connection text not null,
  label text not null,
  created_at text not null,
  created_by text not null,
  closed_at text
) strict;
