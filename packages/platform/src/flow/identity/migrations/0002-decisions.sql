create table identity_decision (
  number integer primary key autoincrement,
  subject text not null,
  kind text not null check (kind in ('must_link', 'cannot_link')),
  left_space text not null,
  left_source text not null,
  left_stream text not null,
  left_id text not null,
  right_space text not null,
  right_source text not null,
  right_stream text not null,
  right_id text not null,
  why text not null,
  decided_by text not null,
  decided_at text not null
) strict;

create index identity_decision_by_subject on identity_decision (subject, number);

create table identity_withdrawal (
  decision integer primary key references identity_decision (number),
  why text not null,
  withdrawn_by text not null,
  withdrawn_at text not null
) strict;
