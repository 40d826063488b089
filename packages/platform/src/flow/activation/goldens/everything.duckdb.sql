select *, case
    when not is_member or reason is not null then case
      when is_sent then 'left' when not is_member then 'forgotten' when held_for is null then 'withheld' else 'known' end
    when not is_sent or held_for is not null then 'entered' when hash is distinct from was then 'updated' else 'stayed' end as verdict
from (
select *, cast(null as varchar) as reason, cast(null as bigint) as hash
from (
select who.profile as profile_id, who.is_member, who.is_sent, who.held_for, who.was
from "stage"."who" as who) taken) weighed
