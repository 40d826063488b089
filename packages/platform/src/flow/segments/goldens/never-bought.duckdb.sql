select person.profile
from "unified"."individual" person
left join (
  select "r"."_profile" as "_profile",
    count(*) as "m1"
  from "model"."sales_order" r
  group by "r"."_profile"
) "rows_sales_order" on "rows_sales_order"."_profile" = person.profile
where coalesce("rows_sales_order"."m1", 0) = $1
