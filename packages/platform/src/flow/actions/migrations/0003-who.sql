-- From where on the live lane decides about a trigger that asks the live profile; what it decided stands. Null while it does not.
alter table action_watch add column live_from integer;

-- The events of such a trigger of which the live lane could not tell; the set lane decides about them.
create table action_unsure (
  watch text not null,
  event integer not null,
  primary key (watch, event)
) strict, without rowid;
