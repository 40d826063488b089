create table replay (
  id text primary key,
  stream text not null,
  state text not null,
  asked text not null,
  lines text,
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
