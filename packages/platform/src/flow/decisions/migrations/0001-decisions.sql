-- What was decided, and why. Rows are only added, and forgotten when they are old.
create table decision_record (
  id text primary key,
  decision text not null,
  -- The id that was asked for where it is one of events (stream and id), the profile otherwise; empty for nobody.
  person text not null,
  profile text,
  state text not null check (state in ('offers', 'fallback', 'held_out')),
  chosen text not null,
  left_out text not null,
  at text not null
) strict, without rowid;
create index decision_record_at on decision_record (at);
create index decision_record_decision on decision_record (decision, at);
create index decision_record_person on decision_record (person, at);
create index decision_record_profile on decision_record (profile, at) where profile is not null;

-- What became of each offer that was chosen; once per decision, offer and outcome.
create table decision_outcome (
  id text not null,
  offer text not null,
  outcome text not null check (outcome in ('chosen', 'shown', 'clicked')),
  decision text not null,
  person text not null,
  at text not null,
  primary key (id, offer, outcome)
) strict, without rowid;
create index decision_outcome_person on decision_outcome (person, decision, offer, outcome, at);
create index decision_outcome_at on decision_outcome (at);

-- How often, by day; stays when the rest is forgotten.
create table decision_count (
  decision text not null,
  offer text not null,
  outcome text not null,
  day text not null,
  n integer not null,
  primary key (decision, day, offer, outcome)
) strict, without rowid;
