create table audit_entry (
  number integer primary key autoincrement,
  at text not null,
  caller text not null,
  verb text not null,
  subject text not null,
  details text not null
) strict;

create index audit_entry_subject on audit_entry (subject, number);

create trigger audit_entry_is_not_changed before update on audit_entry
begin
  select raise(abort, 'audit entries are never changed');
end;

create trigger audit_entry_is_not_removed before delete on audit_entry
begin
  select raise(abort, 'audit entries are never removed');
end;
