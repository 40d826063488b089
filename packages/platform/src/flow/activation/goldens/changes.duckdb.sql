select *, case
    when not is_member or reason is not null then case
      when is_sent then 'left' when not is_member then 'forgotten' when held_for is null then 'withheld' else 'known' end
    when not is_sent or held_for is not null then 'entered' when hash is distinct from was then 'updated' else 'stayed' end as verdict
from (
select *, cast(null as varchar) as reason, cast(null as bigint) as hash
from (
select who.profile as profile_id, who.is_member, who.is_sent, who.held_for, who.was, "r"."first_name" as "a0", "insight lifetime_value"."total" as "a1", case when "email [[""crm""],null,null]"."is_allowed" then "email [[""crm""],null,null]"."contact_point" end as "a2"
from "stage"."who" as who
left join "unified"."individual" as "r" on "r"."profile" = who.profile
left join "insight"."lifetime_value" as "insight lifetime_value" on "insight lifetime_value"."profile_id" = who.profile
left join (select profile, contact_point, is_allowed from (
      select "r"."_profile" as profile, "r"."email_address" as contact_point, true as is_allowed, row_number() over (
        partition by "r"."_profile"
        order by case when "r"."_source" = $1 then $2 else $3 end, case when "r"."is_primary" then 0 else 1 end,
          "r"."_position" desc, "r"."_key") as place
      from "model"."contact_point_email" as "r"
      where ("r"."email_address" <> '' and "r"."_profile" in (select profile from "stage"."who"))) ranked
    where place = 1) as "email [[""crm""],null,null]" on "email [[""crm""],null,null]"."profile" = who.profile) taken) weighed
