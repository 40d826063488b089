-- What is watched: how far the set lane has got, and from where on events count.
create table action_watch (
  watch text primary key,
  action text not null,
  -- Fingerprint of the trigger; another one begins anew.
  trigger_print text not null,
  -- The place in the log after which events count.
  since integer not null,
  -- Up to where the set lane has looked: a place in the log for events, a position of the engine for all others.
  position integer not null
) strict;

-- Counted apart from the firings, which must account for each.
create table action_count (
  action text primary key,
  met integer not null,
  -- Firings let through in an hour of the clock, for the cap.
  hour text not null,
  fired integer not null
) strict;

-- How far the live lane has read the log.
create table action_lane (
  name text primary key,
  position integer not null
) strict;

-- What is remembered of a person by each action: whether it holds for them, and when it last fired.
create table action_person (
  action text not null,
  person text not null,
  holds integer not null,
  fired_at text,
  primary key (action, person)
) strict, without rowid;

create table action_firing (
  sequence integer primary key autoincrement,
  -- Of the action, the person who was the cause, and the occurrence: the same in both lanes and at each try.
  key text not null unique,
  action text not null,
  trigger text not null check (trigger in ('event', 'segment', 'row', 'insight')),
  lane text not null check (lane in ('live', 'set')),
  -- As the cause names them: an id in an event, the key of a row, the profile at that time.
  person text,
  profile text,
  occurrence text not null,
  -- The place in the log of the event; null for others.
  event integer,
  state text not null check (state in ('waiting', 'sent', 'suppressed', 'repeated', 'cooled', 'quiet', 'capped', 'dead', 'denied', 'cancelled')),
  reason text,
  attempts integer not null default 0,
  -- When the cause came, when it was seen, when it is tried next.
  happened_at text not null,
  met_at text not null,
  due_at text not null,
  sent_at text,
  settled_at text,
  data text not null
) strict;

-- What waits is looked for again and again, among much that is settled.
create index action_firing_due on action_firing (action, due_at, sequence) where state = 'waiting';
create index action_firing_state on action_firing (action, state, sequence);
-- Old ones are let go of.
create index action_firing_met on action_firing (met_at);
create index action_firing_profile on action_firing (profile, sequence);
create index action_firing_person on action_firing (person, sequence);
create index action_firing_event on action_firing (action, event) where event is not null;
