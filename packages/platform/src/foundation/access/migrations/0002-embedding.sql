alter table token add column origins text;

alter table token add column space text;
