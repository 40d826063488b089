create table identity_run (
  number integer primary key autoincrement,
  ruleset text not null,
  started_at text not null,
  run text not null
) strict;

create index identity_run_by_ruleset on identity_run (ruleset, number);
