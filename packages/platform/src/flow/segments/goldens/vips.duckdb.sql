select person.profile
from "unified"."individual" person
left join (
  select "r"."_profile" as "_profile",
    count(*) as "m1"
  from "model"."sales_order" r
  group by "r"."_profile"
) "rows_sales_order" on "rows_sales_order"."_profile" = person.profile
left join "insight"."spend" "insight_spend" on "insight_spend"."profile_id" = person.profile
where (lower("person"."country") in (lower($1), lower($2)) and "insight_spend"."total" > cast($3 as decimal(18,4)) and coalesce("rows_sales_order"."m1", 0) >= $4)
