select profile from (
select person.profile, row_number() over (partition by coalesce(lower("person"."country"), '') order by "rows_sales_order"."m1" desc nulls last, person.profile) as place
from "unified"."individual" person
left join (
  select "r"."_profile" as "_profile",
    arg_max(case when "r"."purchased_at" is not null then "r"."grand_total_amount" end, ("r"."purchased_at", "r"."grand_total_amount")) as "m1"
  from "model"."sales_order" r
  group by "r"."_profile"
) "rows_sales_order" on "rows_sales_order"."_profile" = person.profile
where person.profile in (select "profile" from (
    select "profile", "at", "reached", min(case when "s2" = 1 then "at" end) over (
      partition by "profile" order by "at" range between 1 following and unbounded following) as "after"
    from (select "profile", "at", "s1", "s2", s1 as "reached" from (select "profile", "at", "s1", "s2" from (select "r"."_profile" as "profile", epoch_ms(cast("r"."purchased_at" as timestamp)) as "at", case when lower("l1"."category") = lower($1) then 1 else 0 end as "s1", case when lower("l1"."category") = lower($2) then 1 else 0 end as "s2"
    from "model"."sales_order_product" r
  left join (select "_key", min("category") as "category" from "model"."product" group by "_key") "l1" on "l1"."_key" = "r"."product_id__key") each_row
    where "profile" is not null and "at" is not null and ("s1" = 1 or "s2" = 1)) moments) far) w where "reached" = 1 and coalesce("after" - "at" > $3, true) and $4 - "at" > $5)
) ranked where place <= $6
