create table graph_node (
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

create table graph_change (
  node text not null,
  key text not null,
  position integer not null,
  primary key (node, key)
) strict, without rowid;

create index graph_change_by_position on graph_change (node, position);
