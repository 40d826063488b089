select person.profile
from "unified"."individual" person
left join (
  select "_profile",
    count(*) as "m1"
  from "model"."sales_order"
  group by "_profile"
) "rows_sales_order" on "rows_sales_order"."_profile" = person.profile
where coalesce("rows_sales_order"."m1", 0) = $1
