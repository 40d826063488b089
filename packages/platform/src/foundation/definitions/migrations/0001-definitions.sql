create table definition_change (
  number integer primary key autoincrement,
  verb text not null,
  made_at text not null,
  made_by text not null,
  undoes integer references definition_change (number)
) strict;

create table definition_version (
  kind text not null,
  key text not null,
  version integer not null,
  did text not null,
  body text,
  change integer not null references definition_change (number),
  primary key (kind, key, version)
) strict;

create index definition_version_by_change on definition_version (change);

create table definition (
  kind text not null,
  key text not null,
  version integer not null,
  body text not null,
  changed_at text not null,
  primary key (kind, key)
) strict;
