-- A firing tells what became of what its trigger watches, and the values before it. What is about no person may be about an account;
-- and profiles that are merged or split are a trigger too.
create table action_firing_4 (
  sequence integer primary key autoincrement,
  -- Of the action, the person who was the cause, and the occurrence: the same in both lanes and at each try.
  key text not null unique,
  action text not null,
  trigger text not null check (trigger in ('event', 'segment', 'row', 'insight', 'profile')),
  lane text not null check (lane in ('live', 'set')),
  -- As the cause names them: an id in an event, the key of a row, the profile at that time.
  person text,
  profile text,
  -- The account that it is about, where it is about no person.
  subject text,
  occurrence text not null,
  -- The place in the log of the event; null for others.
  event integer,
  state text not null check (state in ('waiting', 'sent', 'suppressed', 'no_consent', 'repeated', 'cooled', 'quiet', 'capped', 'dead', 'denied', 'cancelled')),
  reason text,
  attempts integer not null default 0,
  -- When the cause came, when it was seen, when it is tried next.
  happened_at text not null,
  met_at text not null,
  due_at text not null,
  sent_at text,
  settled_at text,
  -- Created, changed, deleted, entered, left, merged, split; null for what only comes or turns true.
  change text,
  data text not null,
  -- Values before the change, as far as attributes ask for them.
  was text
) strict;

insert into action_firing_4
  (sequence, key, action, trigger, lane, person, profile, occurrence, event, state, reason, attempts, happened_at, met_at, due_at,
  sent_at, settled_at, data)
select sequence, key, action, trigger, lane, person, profile, occurrence, event, state, reason, attempts, happened_at, met_at, due_at,
  sent_at, settled_at, data
from action_firing;
drop table action_firing;
alter table action_firing_4 rename to action_firing;

-- What waits is looked for again and again, among much that is settled.
create index action_firing_due on action_firing (action, due_at, sequence) where state = 'waiting';
create index action_firing_state on action_firing (action, state, sequence);
-- Old ones are let go of.
create index action_firing_met on action_firing (met_at);
create index action_firing_profile on action_firing (profile, sequence);
create index action_firing_person on action_firing (person, sequence);
create index action_firing_subject on action_firing (subject, sequence) where subject is not null;
create index action_firing_event on action_firing (action, event) where event is not null;
