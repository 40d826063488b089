select coalesce(m.profile, r.profile) as profile,
  case when r.profile is null then 'entered' when m.profile is null then 'left' else 'stayed' end as verdict
from (
  select profile from "segment"."member" where segment = $1) m
full join (
  select profile from "segment"."_sent"
  where activation = $2 and destination = $3
    and entered_position <= $4
    and (left_position is null or left_position > $5)) r on m.profile = r.profile
where m.profile is null or r.profile is null
