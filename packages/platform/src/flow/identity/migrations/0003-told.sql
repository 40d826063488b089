-- What was decided and withdrawn, in the order in which it was: whoever follows it goes on where they stopped.
create table identity_told (
  place integer primary key autoincrement,
  decision integer not null references identity_decision (number),
  is_withdrawn integer not null check (is_withdrawn in (0, 1)),
  unique (decision, is_withdrawn)
) strict;

insert into identity_told (decision, is_withdrawn)
  select number, is_withdrawn from (
    select number, 0 as is_withdrawn, decided_at as at from identity_decision
    union all select decision, 1, withdrawn_at from identity_withdrawal) told
  order by at, is_withdrawn, number;
