create table stream_run (
  id text primary key,
  stream text not null,
  started_at text not null,
  finished_at text,
  state text not null,
  received integer not null default 0,
  stored integer not null default 0,
  unchanged integer not null default 0,
  rejected integer not null default 0,
  removed integer not null default 0,
  note text,
  fault text
) strict;

create index stream_run_by_stream on stream_run (stream, id);
