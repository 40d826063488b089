select coalesce(m.profile, r.profile) as profile, m.profile is not null as is_member,
  r.profile is not null and coalesce(r.reason = $1, true) as is_sent, r.reason as held_for, r.hash as was
from (
  select profile from "segment"."member" where segment = $2) m
full join (
  select profile, reason, hash from "segment"."_sent"
  where activation = $3 and destination = $4
    and entered_position <= $5
    and (left_position is null or left_position > $6)) r on m.profile = r.profile
