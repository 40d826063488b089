with who as (
  select distinct profile from (
  select profile, entered_position, null as left_position from "segment"."member" where segment = $1
  union all
  select profile, entered_position, left_position from "segment"."history" where segment = $2) stays
  where entered_position <= $3
    and (left_position is null or left_position > $4)
)
select who.profile as profile_id
from who
