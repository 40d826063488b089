create table identity_label (
  number integer primary key autoincrement,
  subject text not null,
  left_space text not null,
  left_source text not null,
  left_stream text not null,
  left_id text not null,
  right_space text not null,
  right_source text not null,
  right_stream text not null,
  right_id text not null,
  is_match integer not null check (is_match in (0, 1)),
  why text,
  judged_by text not null,
  judged_at text not null
) strict;

create index identity_label_by_subject on identity_label (subject, number);

create table identity_label_withdrawal (
  label integer primary key references identity_label (number),
  why text not null,
  withdrawn_by text not null,
  withdrawn_at text not null
) strict;
