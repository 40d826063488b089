CREATE TABLE action_count (
  action text primary key,
  met integer not null,
  -- Firings let through in an hour of the clock, for the cap.
  hour text not null,
  fired integer not null
) strict;

CREATE TABLE "action_firing" (
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

CREATE INDEX action_firing_due on action_firing (action, due_at, sequence) where state = 'waiting';

CREATE INDEX action_firing_event on action_firing (action, event) where event is not null;

CREATE INDEX action_firing_met on action_firing (met_at);

CREATE INDEX action_firing_person on action_firing (person, sequence);

CREATE INDEX action_firing_profile on action_firing (profile, sequence);

CREATE INDEX action_firing_state on action_firing (action, state, sequence);

CREATE INDEX action_firing_subject on action_firing (subject, sequence) where subject is not null;

CREATE TABLE action_lane (
  name text primary key,
  position integer not null
) strict;

CREATE TABLE action_person (
  action text not null,
  person text not null,
  holds integer not null,
  fired_at text,
  primary key (action, person)
) strict, without rowid;

CREATE TABLE action_unsure (
  watch text not null,
  event integer not null,
  primary key (watch, event)
) strict, without rowid;

CREATE TABLE action_watch (
  watch text primary key,
  action text not null,
  -- Fingerprint of the trigger; another one begins anew.
  trigger_print text not null,
  -- The place in the log after which events count.
  since integer not null,
  -- Up to where the set lane has looked: a place in the log for events, a position of the engine for all others.
  position integer not null
, live_from integer) strict;

CREATE TABLE "activation_batch" (
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
, revived integer not null default 0) strict;

CREATE INDEX activation_batch_ledger on activation_batch (activation, state, sequence);

CREATE INDEX activation_batch_line on activation_batch (destination, state, line, sequence);

CREATE INDEX activation_batch_settled on activation_batch (destination, settled_at);

CREATE TABLE activation_consent (
  activation text primary key,
  awaiting integer,
  confirmed integer
) strict;

CREATE TABLE activation_filtered (
  activation text not null,
  reason text not null,
  members integer not null,
  primary key (activation, reason)
) strict;

CREATE TABLE "activation_part" (
  batch integer not null references "activation_batch" (sequence) on delete cascade,
  number integer not null,
  payload blob not null,
  primary key (batch, number)
) strict;

CREATE TABLE activation_state (
  activation text primary key,
  -- Of its last finished cut.
  position integer not null,
  -- What tells the last content from another; only where everything is sent.
  content text,
  -- Members queued so far, counted when they were queued; the batches must account for each of them.
  queued integer not null,
  queued_at text not null
, members integer not null default 0) strict;

CREATE TRIGGER audit_entry_is_not_changed before update on audit_entry
begin
  select raise(abort, 'audit entries are never changed');
end;

CREATE TRIGGER audit_entry_is_not_removed before delete on audit_entry
begin
  select raise(abort, 'audit entries are never removed');
end;

CREATE TABLE audit_entry (
  number integer primary key autoincrement,
  at text not null,
  caller text not null,
  verb text not null,
  subject text not null,
  details text not null
) strict;

CREATE INDEX audit_entry_subject on audit_entry (subject, number);

CREATE TABLE decision_count (
  decision text not null,
  offer text not null,
  outcome text not null,
  day text not null,
  n integer not null,
  primary key (decision, day, offer, outcome)
) strict, without rowid;

CREATE TABLE decision_outcome (
  id text not null,
  offer text not null,
  outcome text not null check (outcome in ('chosen', 'shown', 'clicked')),
  decision text not null,
  person text not null,
  at text not null,
  primary key (id, offer, outcome)
) strict, without rowid;

CREATE INDEX decision_outcome_at on decision_outcome (at);

CREATE INDEX decision_outcome_person on decision_outcome (person, decision, offer, outcome, at);

CREATE TABLE decision_record (
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

CREATE INDEX decision_record_at on decision_record (at);

CREATE INDEX decision_record_decision on decision_record (decision, at);

CREATE INDEX decision_record_person on decision_record (person, at);

CREATE INDEX decision_record_profile on decision_record (profile, at) where profile is not null;

CREATE TABLE definition (
  kind text not null,
  key text not null,
  version integer not null,
  body text not null,
  changed_at text not null,
  primary key (kind, key)
) strict;

CREATE TABLE definition_change (
  number integer primary key autoincrement,
  verb text not null,
  made_at text not null,
  made_by text not null,
  undoes integer references definition_change (number)
) strict;

CREATE TABLE definition_version (
  kind text not null,
  key text not null,
  version integer not null,
  did text not null,
  body text,
  change integer not null references definition_change (number),
  primary key (kind, key, version)
) strict;

CREATE INDEX definition_version_by_change on definition_version (change);

CREATE TABLE graph_change (
  node text not null,
  key text not null,
  position integer not null,
  primary key (node, key)
) strict, without rowid;

CREATE INDEX graph_change_by_position on graph_change (node, position);

CREATE TABLE graph_node (
  key text primary key,
  state text not null default 'idle',
  output integer not null default 0,
  built text,
  tried text,
  -- The process that is (or was) refreshing it.
  run text,
  -- Changes up to here are not told apart any more; up to `all_at` because everything changed.
  pruned_to integer not null default 0,
  all_at integer not null default 0
) strict;

CREATE TABLE identity_decision (
  number integer primary key autoincrement,
  subject text not null,
  kind text not null check (kind in ('must_link', 'cannot_link')),
  left_space text not null,
  left_source text not null,
  left_stream text not null,
  left_id text not null,
  right_space text not null,
  right_source text not null,
  right_stream text not null,
  right_id text not null,
  why text not null,
  decided_by text not null,
  decided_at text not null
) strict;

CREATE INDEX identity_decision_by_subject on identity_decision (subject, number);

CREATE TABLE identity_label (
  number integer primary key autoincrement,
  subject text not null,
  left_space text not null,
  left_source text not null,
  left_stream text not null,
  left_id text not null,
  right_space text not null,
  right_source text not null,
  right_stream text not null,
  right_id text not null,
  is_match integer not null check (is_match in (0, 1)),
  why text,
  judged_by text not null,
  judged_at text not null
) strict;

CREATE INDEX identity_label_by_subject on identity_label (subject, number);

CREATE TABLE identity_label_withdrawal (
  label integer primary key references identity_label (number),
  why text not null,
  withdrawn_by text not null,
  withdrawn_at text not null
) strict;

CREATE TABLE identity_run (
  number integer primary key autoincrement,
  ruleset text not null,
  started_at text not null,
  run text not null
) strict;

CREATE INDEX identity_run_by_ruleset on identity_run (ruleset, number);

CREATE TABLE identity_told (
  place integer primary key autoincrement,
  decision integer not null references identity_decision (number),
  is_withdrawn integer not null check (is_withdrawn in (0, 1)),
  unique (decision, is_withdrawn)
) strict;

CREATE TABLE identity_withdrawal (
  decision integer primary key references identity_decision (number),
  why text not null,
  withdrawn_by text not null,
  withdrawn_at text not null
) strict;

CREATE TABLE ingest_job (
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

CREATE INDEX ingest_job_changed on ingest_job (changed_at, id);

CREATE UNIQUE INDEX ingest_job_open on ingest_job (stream) where state = 'Open';

CREATE INDEX ingest_job_waiting on ingest_job (stream, closed_at, id) where state in ('UploadComplete', 'InProgress');

CREATE TABLE ingest_part (
  job text not null references ingest_job (id) on delete cascade,
  number integer not null,
  file text not null,
  columns text not null,
  size_bytes integer not null,
  received_at text not null,
  primary key (job, number)
) strict;

CREATE TABLE job (
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

CREATE UNIQUE INDEX job_active_key on job (kind, key) where state in ('waiting', 'running');

CREATE INDEX job_finished on job (finished_at) where finished_at is not null;

CREATE INDEX job_running on job (lease_until) where state = 'running';

CREATE INDEX job_waiting on job (kind, run_at, id) where state = 'waiting';

CREATE TABLE migration (
  room text not null,
  number integer not null,
  name text not null,
  fingerprint text not null,
  applied_at text not null,
  primary key (room, number)
) strict;

CREATE TABLE replay (
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

CREATE INDEX replay_by_stream on replay (stream, id);

CREATE TABLE schedule (
  key text primary key,
  kind text not null,
  payload text not null,
  cron text not null,
  time_zone text not null,
  next_at text not null,
  last_at text,
  last_job text
) strict;

CREATE TABLE secret (
  name text primary key,
  sealed text not null,
  updated_at text not null
) strict;

CREATE TABLE segment_size (
  id integer primary key,
  segment text not null,
  at text not null,
  position integer not null,
  members integer not null,
  entered integer not null,
  left integer not null
) strict;

CREATE INDEX segment_size_by_segment on segment_size (segment, id);

CREATE TABLE segment_trouble (
  segment text primary key,
  since text not null,
  code text not null,
  why text not null
) strict;

CREATE TABLE sqlite_sequence(name,seq);

CREATE TABLE stream_run (
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

CREATE INDEX stream_run_by_stream on stream_run (stream, id);

CREATE TABLE token (
  id text primary key,
  name text not null,
  rights text not null,
  digest text not null,
  created_at text not null,
  created_by text not null,
  revoked_at text
, origins text, space text) strict;

CREATE UNIQUE INDEX token_name on token (name) where revoked_at is null;

CREATE TABLE write_key (
  key text primary key,
  connection text not null,
  label text not null,
  created_at text not null,
  created_by text not null,
  closed_at text
) strict;
