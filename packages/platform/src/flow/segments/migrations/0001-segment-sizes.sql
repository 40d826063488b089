-- How big a segment was after each publish, and how many came and went.
create table segment_size (
  id integer primary key,
  segment text not null,
  at text not null,
  position integer not null,
  members integer not null,
  entered integer not null,
  left integer not null
) strict;

create index segment_size_by_segment on segment_size (segment, id);
