with who as (
  select coalesce(a.profile, b.profile) as profile,
    case when b.profile is null then 'entered' else 'left' end as change
  from (
  select distinct profile from (
  select profile, entered_position, null as left_position from "segment"."member" where segment = $1
  union all
  select profile, entered_position, left_position from "segment"."history" where segment = $2) stays
  where entered_position <= $3
    and (left_position is null or left_position > $4)) a full join (
  select distinct profile from (
  select profile, entered_position, null as left_position from "segment"."member" where segment = $5
  union all
  select profile, entered_position, left_position from "segment"."history" where segment = $6) stays
  where entered_position <= $7
    and (left_position is null or left_position > $8)) b on a.profile = b.profile
  where a.profile is null or b.profile is null
)
select who.profile as profile_id, who.change, "fields"."first_name" as "a0", "insight lifetime_value"."total" as "a1", "email [""crm""]"."contact_point" as "a2"
from who
left join "unified"."individual" as "fields" on "fields"."profile" = who.profile
left join (select profile_id, max("total") as "total" from "insight"."lifetime_value" group by profile_id) as "insight lifetime_value" on "insight lifetime_value"."profile_id" = who.profile
left join (select profile, contact_point from (
      select "_profile" as profile, "email_address" as contact_point, row_number() over (
        partition by "_profile"
        order by case when "_source" = $9 then $10 else $11 end, case when is_primary then 0 else 1 end,
          "_position" desc, "_key") as place
      from "model"."contact_point_email"
      where "email_address" <> '' and "_profile" in (select profile from who)) ranked
    where place = 1) as "email [""crm""]" on "email [""crm""]"."profile" = who.profile
