select person.profile
from "unified"."individual" person
left join (
  select "r"."_profile" as "_profile",
    count(*) filter (where lower("r"."channel") = lower($1)) as "m1",
    sum("r"."grand_total_amount") filter (where ("r"."purchased_at" between cast($2 as timestamp) and cast($3 as timestamp) and not coalesce(contains(lower("r"."status"), lower($4)), false))) as "m2"
  from "model"."sales_order" r
  where (lower("r"."channel") = lower($5) or ("r"."purchased_at" between cast($6 as timestamp) and cast($7 as timestamp) and not coalesce(contains(lower("r"."status"), lower($8)), false)))
  group by "r"."_profile"
) "rows_sales_order" on "rows_sales_order"."_profile" = person.profile
where (coalesce("rows_sales_order"."m1", 0) >= $9 or "rows_sales_order"."m2" > cast($10 as decimal(18,4)))
  and not coalesce(person.profile in (select profile from "segment"."member" where segment = $11), false)
