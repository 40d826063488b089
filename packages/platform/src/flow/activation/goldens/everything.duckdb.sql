select who.profile as profile_id
from "stage"."who" as who
where who.verdict <> 'left'
