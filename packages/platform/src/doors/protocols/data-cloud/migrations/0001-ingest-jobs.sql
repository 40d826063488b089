create table ingest_job (
  id text primary key,
  source text not null,
  object text not null,
  stream text not null,
  operation text not null check (operation in ('upsert', 'delete')),
  state text not null check (state in ('Open', 'UploadComplete', 'InProgress', 'JobComplete', 'Failed', 'Aborted')),
  created_at text not null,
  created_by text not null,
  changed_at text not null,
  closed_at text,
  attempt integer not null default 0,
  not_before text,
  processing_ms integer not null default 0,
  counts text,
  reason text
) strict;

create unique index ingest_job_open on ingest_job (stream) where state = 'Open';
create index ingest_job_waiting on ingest_job (stream, closed_at, id) where state in ('UploadComplete', 'InProgress');
create index ingest_job_changed on ingest_job (changed_at, id);

create table ingest_part (
  job text not null references ingest_job (id) on delete cascade,
  number integer not null,
  file text not null,
  columns text not null,
  size_bytes integer not null,
  received_at text not null,
  primary key (job, number)
) strict;
