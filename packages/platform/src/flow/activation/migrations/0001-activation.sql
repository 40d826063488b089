-- How far each activation has got, and what it sent last.
create table activation_state (
  activation text primary key,
  -- Of its last finished cut.
  position integer not null,
  -- What tells the last content from another; only where everything is sent.
  content text,
  -- Members queued so far, counted when they were queued; the batches must account for each of them.
  queued integer not null,
  queued_at text not null
) strict;

-- Members on their way to a destination, in the order in which they were queued.
create table activation_batch (
  sequence integer primary key autoincrement,
  id text not null unique,
  activation text not null,
  segment text not null,
  destination text not null,
  send text not null check (send in ('changes', 'everything')),
  from_position integer not null,
  to_position integer not null,
  number integer not null,
  of integer not null,
  members integer not null,
  columns text not null,
  -- A batch that is preparing does not exist yet: it is thrown away when its cut does not end.
  state text not null check (state in ('preparing', 'waiting', 'delivered', 'dead')),
  attempts integer not null default 0,
  due_at text not null,
  reason text,
  queued_at text not null,
  settled_at text,
  unique (activation, from_position, number)
) strict;

create index activation_batch_line on activation_batch (destination, state, activation, sequence);
create index activation_batch_ledger on activation_batch (activation, state, sequence);

-- The members of a batch, zipped; gone once they are delivered.
create table activation_part (
  batch integer not null references activation_batch (sequence) on delete cascade,
  number integer not null,
  payload blob not null,
  primary key (batch, number)
) strict;
