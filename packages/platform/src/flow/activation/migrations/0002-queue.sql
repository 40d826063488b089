-- Batches may be cancelled, remember how much of them is done, what type their values have, and in which line they stand.
create table activation_batch_2 (
  sequence integer primary key autoincrement,
  id text not null unique,
  activation text not null,
  segment text not null,
  destination text not null,
  -- Only the oldest batch of a line may go: the activation, or something of its own for what was set apart.
  line text not null,
  send text not null check (send in ('changes', 'everything')),
  from_position integer not null,
  to_position integer not null,
  number integer not null,
  of integer not null,
  members integer not null,
  columns text not null,
  types text not null,
  state text not null check (state in ('preparing', 'waiting', 'delivered', 'dead', 'cancelled')),
  -- Members that a destination which takes them one by one has dealt with already.
  done integer not null default 0,
  attempts integer not null default 0,
  due_at text not null,
  reason text,
  queued_at text not null,
  settled_at text
) strict;

insert into activation_batch_2
  (sequence, id, activation, segment, destination, line, send, from_position, to_position, number, of, members, columns,
   types, state, attempts, due_at, reason, queued_at, settled_at)
select sequence, id, activation, segment, destination, activation, send, from_position, to_position, number, of, members,
  columns, '{}', state, attempts, due_at, reason, queued_at, settled_at
from activation_batch;

create table activation_part_2 (
  batch integer not null references activation_batch_2 (sequence) on delete cascade,
  number integer not null,
  payload blob not null,
  primary key (batch, number)
) strict;

insert into activation_part_2 select batch, number, payload from activation_part;
drop table activation_part;
drop table activation_batch;
alter table activation_batch_2 rename to activation_batch;
alter table activation_part_2 rename to activation_part;

create index activation_batch_line on activation_batch (destination, state, line, sequence);
create index activation_batch_ledger on activation_batch (activation, state, sequence);
create index activation_batch_settled on activation_batch (destination, settled_at);

-- Everybody that an activation has dealt with so far, sent or not; the ledger must account for each of them.
alter table activation_state add column members integer not null default 0;
update activation_state set members = queued;

-- Members that were not sent, by the reason.
create table activation_filtered (
  activation text not null,
  reason text not null,
  members integer not null,
  primary key (activation, reason)
) strict;

-- Sendings that are so large that somebody has to say yes to the count first.
create table activation_consent (
  activation text primary key,
  awaiting integer,
  confirmed integer
) strict;
