select who.profile as profile_id, who.verdict as change, "fields"."first_name" as "a0", "insight lifetime_value"."total" as "a1", "email [""crm""]"."contact_point" as "a2"
from "stage"."who" as who
left join "unified"."individual" as "fields" on "fields"."profile" = who.profile
left join "insight"."lifetime_value" as "insight lifetime_value" on "insight lifetime_value"."profile_id" = who.profile
left join (select profile, contact_point from (
      select "_profile" as profile, "email_address" as contact_point, row_number() over (
        partition by "_profile"
        order by case when "_source" = $1 then $2 else $3 end, case when is_primary then 0 else 1 end,
          "_position" desc, "_key") as place
      from "model"."contact_point_email"
      where "email_address" <> '' and "_profile" in (select profile from "stage"."who")) ranked
    where place = 1) as "email [""crm""]" on "email [""crm""]"."profile" = who.profile
