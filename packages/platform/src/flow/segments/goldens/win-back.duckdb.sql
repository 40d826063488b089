select person.profile
from "unified"."individual" person
left join (
  select "r"."_profile" as "_profile",
    max("r"."purchased_at") as "m1"
  from "model"."sales_order" r
  group by "r"."_profile"
) "rows_sales_order" on "rows_sales_order"."_profile" = person.profile
where ("rows_sales_order"."m1" < cast($1 as timestamp) and not coalesce("person"."birth_date" > cast($2 as date), false))
