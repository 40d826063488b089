-- Batches that were given up and are tried again: something newer may have been delivered in between.
alter table activation_batch add column revived integer not null default 0;
