select *, case
    when not is_member or reason is not null then case
      when is_sent then 'left' when not is_member then 'forgotten' when held_for is null then 'withheld' else 'known' end
    when not is_sent then 'entered' when hash is distinct from was then 'updated' else 'stayed' end as verdict
from (
select *, case when is_member then case when not passes then $1 when "a0" is null then $2 when "a1" is null and "has1" then $3 when "a1" is null then $4 end end as reason, (cast(md5_number_lower(cast(json_object($5, "profile_id", $6, "a0", $7, "a1", $8, "a2") as varchar)) >> 3 as bigint) + 2305843009213693952) as hash
from (
select who.profile as profile_id, who.is_member, who.is_sent, who.held_for, who.was, coalesce(("r"."country" = $9), false) as passes, "email [[],""work"",true]"."contact_point" is not null as "has1", upper("r"."first_name") as "a0", case when "email [[],""work"",true]"."is_allowed" then "email [[],""work"",true]"."contact_point" end as "a1", "related 2"."items" as "a2"
from "stage"."who" as who
left join "unified"."individual" as "r" on "r"."profile" = who.profile
left join (select profile, contact_point, is_allowed from (
      select "_profile" as profile, "email_address" as contact_point, coalesce("opted_in", false) as is_allowed, row_number() over (
        partition by "_profile"
        order by case when coalesce("opted_in", false) then 0 else 1 end, case when is_primary then 0 else 1 end,
          "_position" desc, "_key") as place
      from "model"."contact_point_email"
      where ("email_address" <> '' and lower(usage_type) = $10 and "_profile" in (select profile from "stage"."who"))) ranked
    where place = 1) as "email [[],""work"",true]" on "email [[],""work"",true]"."profile" = who.profile
left join (select profile, list("item" order by "place") as items from (
      select "_profile" as profile, cast(json_object($11, "r"."order_number") as varchar) as item, row_number() over (
        partition by "_profile" order by "r"."purchased_at" desc nulls last, "_position" desc, "_key") as place
      from "model"."sales_order" as "r"
      where (("r"."status" <> $12) and "_profile" in (select profile from "stage"."who"))) ranked
    where place <= $13 group by profile) as "related 2" on "related 2"."profile" = who.profile) taken) weighed
