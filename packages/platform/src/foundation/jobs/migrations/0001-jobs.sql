create table job (
  id text primary key,
  kind text not null,
  key text,
  payload text not null,
  state text not null check (state in ('waiting', 'running', 'done', 'failed', 'cancelled')),
  attempt integer not null,
  max_attempts integer not null,
  run_at text not null,
  lease_owner text,
  lease_until text,
  cancel_asked integer not null default 0,
  progress text,
  result text,
  fault text,
  created_at text not null,
  started_at text,
  finished_at text
) strict;

create index job_waiting on job (kind, run_at, id) where state = 'waiting';
create index job_running on job (lease_until) where state = 'running';
create index job_finished on job (finished_at) where finished_at is not null;
create unique index job_active_key on job (kind, key) where state in ('waiting', 'running');

create table schedule (
  key text primary key,
  kind text not null,
  payload text not null,
  cron text not null,
  time_zone text not null,
  next_at text not null,
  last_at text,
  last_job text
) strict;
