select *, case
    when not is_member or reason is not null then case
      when is_sent then 'left' when not is_member then 'forgotten' when held_for is null then 'withheld' else 'known' end
    when not is_sent or held_for is not null then 'entered' when hash is distinct from was then 'updated' else 'stayed' end as verdict
from (
select *, case when is_member then case when not passes then $1 when "a0" is null then $2 when "a1" is null and "has1" then $3 when "a1" is null then $4 end end as reason, (cast(md5_number_lower(cast(json_object($5, "profile_id", $6, "a0", $7, "a1", $8, "a2") as varchar)) >> 3 as bigint) + 2305843009213693952) as hash
from (
select who.profile as profile_id, who.is_member, who.is_sent, who.held_for, who.was, coalesce(("r"."country" = $9), false) as passes, "email [[],""work"",{""channel"":""email"",""basis"":""required""}]"."contact_point" is not null as "has1", upper("r"."first_name") as "a0", case when "email [[],""work"",{""channel"":""email"",""basis"":""required""}]"."is_allowed" then "email [[],""work"",{""channel"":""email"",""basis"":""required""}]"."contact_point" end as "a1", "related 2"."items" as "a2"
from "stage"."who" as who
left join "unified"."individual" as "r" on "r"."profile" = who.profile
left join (select profile, contact_point, is_allowed from (
      select "r"."_profile" as profile, "r"."email_address" as contact_point, coalesce("consent"."standing", 'unknown') in ($10) as is_allowed, row_number() over (
        partition by "r"."_profile"
        order by case when coalesce("consent"."standing", 'unknown') in ($11) then 0 else 1 end, case when "r"."is_primary" then 0 else 1 end,
          "r"."_position" desc, "r"."_key") as place
      from "model"."contact_point_email" as "r"
      left join (select a.profile, a.point, case when bool_or(state = 'out') then 'opted_out' when bool_or(state = 'in') then 'opted_in' else 'unknown' end as standing, max(since) filter (where state <> 'none') as since from (select distinct "r"."_profile" as profile, case when contains("r"."email_address", $12) then lower(trim("r"."email_address"))
    else regexp_replace(regexp_replace("r"."email_address", $13, $14, 'g'), $15, $16, 'g') end as point
        from "model"."contact_point_email" as "r" where ("r"."email_address" <> '' and lower("r"."usage_type") = $17 and "r"."_profile" in (select profile from "stage"."who"))) a
    left join (with said as (select "_profile" as profile, "individual_id__key" as giver, coalesce(case when contains("contact_point", $18) then lower(trim("contact_point"))
    else regexp_replace(regexp_replace("contact_point", $19, $20, 'g'), $21, $22, 'g') end, '') as point, lower(trim(coalesce("channel", ''))) as channel,
      lower(trim(coalesce("purpose", ''))) as purpose, case when regexp_matches(regexp_replace(lower(trim(coalesce("status", ''))), $23, $24, 'g'), $25) then 'in' when regexp_matches(regexp_replace(lower(trim(coalesce("status", ''))), $26, $27, 'g'), $28) then 'out' else 'none' end as state, coalesce(epoch_ms(coalesce("effective_from", "last_modified_at", "created_at")), 0) as since, "effective_to" as ends,
      "_position" as position
      from "model"."contact_point_consent" said where ((lower(trim(coalesce("channel", ''))) = '' or lower(trim(coalesce("channel", ''))) = $29) and (lower(trim(coalesce("purpose", ''))) = '' or lower(trim(coalesce("purpose", ''))) = $30) and (coalesce("effective_from", "last_modified_at", "created_at") is null or coalesce("effective_from", "last_modified_at", "created_at") <= cast($31 as timestamp))) union all select "_profile" as profile, "individual_id__key" as giver, coalesce(case when contains("email_address", $32) then lower(trim("email_address"))
    else regexp_replace(regexp_replace("email_address", $33, $34, 'g'), $35, $36, 'g') end, '') as point, $37 as channel,
      '' as purpose, case when "opted_in" then 'in' else 'out' end as state, coalesce(epoch_ms(coalesce(cast(null as timestamp), "last_modified_at", "created_at")), 0) as since, cast(null as timestamp) as ends,
      "_position" as position
      from "model"."contact_point_email" said where (($38 = '' or $39 = $40) and ('' = '' or '' = $41) and (coalesce(cast(null as timestamp), "last_modified_at", "created_at") is null or coalesce(cast(null as timestamp), "last_modified_at", "created_at") <= cast($42 as timestamp)) and "opted_in" is not null))
    select profile, point, arg_max(case when ends is not null and ends <= cast($43 as timestamp) then 'none' else state end, (since, position, state)) as state, max(since) as since
    from (select * from said union all
    select p.profile, s.giver, s.point, s.channel, s.purpose, s.state, s.since, s.ends, s.position
    from said s join (select distinct * from (select "_profile" as profile, case when contains("email_address", $44) then lower(trim("email_address"))
    else regexp_replace(regexp_replace("email_address", $45, $46, 'g'), $47, $48, 'g') end as point from "model"."contact_point_email" points
            where "_profile" is not null) point) p on p.point = s.point and s.point <> '' and p.profile is distinct from s.profile) heard group by profile, giver, point, channel, purpose) n on n.profile = a.profile and (n.point = '' or n.point = a.point)
    group by a.profile, a.point) "consent" on "consent"."profile" = "r"."_profile" and "consent"."point" = case when contains("r"."email_address", $49) then lower(trim("r"."email_address"))
    else regexp_replace(regexp_replace("r"."email_address", $50, $51, 'g'), $52, $53, 'g') end
      where ("r"."email_address" <> '' and lower("r"."usage_type") = $54 and "r"."_profile" in (select profile from "stage"."who"))) ranked
    where place = 1) as "email [[],""work"",{""channel"":""email"",""basis"":""required""}]" on "email [[],""work"",{""channel"":""email"",""basis"":""required""}]"."profile" = who.profile
left join (select profile, list("item" order by "place") as items from (
      select "r"."_profile" as profile, cast(json_object($55, "r"."order_number") as varchar) as item, row_number() over (
        partition by "r"."_profile" order by "r"."purchased_at" desc nulls last, "r"."_position" desc, "r"."_key") as place
      from "model"."sales_order" as "r"
      where (("r"."status" <> $56) and "r"."_profile" in (select profile from "stage"."who"))) ranked
    where place <= $57 group by profile) as "related 2" on "related 2"."profile" = who.profile) taken) weighed
