-- Segments whose last publish failed: why, and when it first did so since one went well.
create table segment_trouble (
  segment text primary key,
  since text not null,
  code text not null,
  why text not null
) strict;
