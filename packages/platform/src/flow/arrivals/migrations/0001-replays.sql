-- Events that were run again into a shadow, and how that differed from what was there.
create table replay (
  id text primary key,
  stream text not null,
  state text not null,
  from_position integer not null,
  to_position integer not null,
  rejected integer not null,
  made_at text not null,
  made_by text not null,
  job text,
  ended_at text,
  lake text,
  model text,
  mark text,
  fault text
) strict;

create index replay_by_stream on replay (stream, id);
