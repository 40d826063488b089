-- agreed_email: what "email" compares
select *, (cast(md5_number_lower($1 || $2 || space || $3 || "v0") >> 3 as bigint) + 2305843009213693952) as key from (select distinct o0.n, o0.space, "o0"."email_address__normalised" as "v0" from "step"."values_contact_point_email" o0 where ("o0"."email_address__normalised" is not null)) agreed
          where (not (contains($4, '|' || "v0" || '|') or contains($5, '|' || coalesce(nullif(split_part("v0", $6, $7), ''), '') || '|')))
-- $1 = email
-- $2 = 
-- $3 = 
-- $4 = |test@test.com|test@test.de|test@example.com|a@a.com|a@b....
-- $5 = |noreply|no-reply|no_reply|no.reply|donotreply|do-not-rep...
-- $6 = @
-- $7 = 1

-- agreed_phone_and_name: what "phone_and_name" compares
select *, (cast(md5_number_lower($1 || $2 || space || $3 || "v0" || $4 || "v1") >> 3 as bigint) + 2305843009213693952) as key from (select distinct o0.n, o0.space, "o0"."telephone_number__normalised" as "v0", "o1"."last_name__normalised" as "v1" from "step"."values_contact_point_phone" o0 join "step"."values_individual" "o1" on "o1"."n" = o0.n where ("o0"."telephone_number__normalised" is not null and "o1"."last_name__normalised" is not null)) agreed
          where (not ((replace(substr("v0", greatest(length("v0") - $5, 1)), substr(substr("v0", greatest(length("v0") - $6, 1)), 1, 1), '') = '' or substr("v0", greatest(length("v0") - $7, 1)) in ('123456789', '234567890', '987654321'))) and not (contains($8, '|' || "v1" || '|')))
-- $1 = phone_and_name
-- $2 = 
-- $3 = 
-- $4 = 
-- $5 = 6
-- $6 = 6
-- $7 = 8
-- $8 = |unknown|unbekannt|anonymous|anonym|noname|notprovided|no...

-- key: what every record is found again by
select $1 as rule, a.key, k.record
        from "step"."agreed_email" a join "step"."record" k on k.n = a.n union all select $2 as rule, a.key, k.record
        from "step"."agreed_phone_and_name" a join "step"."record" k on k.n = a.n
-- $1 = email
-- $2 = phone_and_name

-- evidence_email: records that "email" takes for one
with block as (select space, "v0", min(n) as first, max(n) as last, count(*) as size from "step"."agreed_email"
      group by space, "v0" having count(*) > 1)
    select b.first, a.n, "a"."v0" as matched, b.size, a.key from "step"."agreed_email" a join block b on ("a"."space" = "b"."space" and "a"."v0" = "b"."v0")
    where a.n <> b.first and (b.size <= $1 or a.n = b.last)
-- $1 = 100

-- evidence_phone_and_name: records that "phone_and_name" takes for one
with block as (select space, "v0", "v1", min(n) as first, max(n) as last, count(*) as size from "step"."agreed_phone_and_name"
      group by space, "v0", "v1" having count(*) > 1)
    select b.first, a.n, "a"."v0" || ' · ' || "a"."v1" as matched, b.size, a.key from "step"."agreed_phone_and_name" a join block b on ("a"."space" = "b"."space" and "a"."v0" = "b"."v0" and "a"."v1" = "b"."v1")
    where a.n <> b.first and (b.size <= $1 or a.n = b.last)
-- $1 = 100

-- partition: every record with the oldest record of its group
select r.n, r.record, r.since, c.root from "step"."record" r join "step"."cluster" c on c.n = r.n

-- overlap: what each profile and each new group have in common
select l.profile as old, p.root, count(*) as size, min(p.n) as first
      from "unified"."link_individual" l join "step"."partition" p on p.record = l.record group by l.profile, p.root

-- claim: each profile claims the group with its larger part
select old, root from (select *, row_number() over (partition by old order by size desc, first) as place from "step"."overlap") placed where place = 1

-- kept: of several profiles that claim one group, the oldest keeps its id
select root, old as profile, first_seen from (select *, row_number() over (partition by root order by first_seen, old) as place from (select c.root, c.old, u.first_seen from "step"."claim" c join "unified"."individual" u on u.profile = c.old) claimed) placed where place = 1

-- fresh: groups that no profile claims get ids that nobody ever had
with recursive attempt as (
      select p.root, p.record, 0 as attempt, (cast(md5_number_lower('profile:' || $1 || ':' || record || ':' || 0) >> 3 as bigint) + 2305843009213693952) as profile from "step"."partition" p
      where p.n = p.root and p.root not in (select root from "step"."kept")
      union all
      select root, record, attempt + 1, (cast(md5_number_lower('profile:' || $2 || ':' || record || ':' || (attempt + 1)) >> 3 as bigint) + 2305843009213693952) from attempt where profile in (select profile from "unified"."change_individual" where kind in ('created', 'split')))
    select root, profile from attempt where not profile in (select profile from "unified"."change_individual" where kind in ('created', 'split'))
-- $1 = individual
-- $2 = individual

-- assigned: the id of each group, and when it was first seen
select r.n as root, coalesce(k.profile, f.profile) as profile,
        least(r.since, coalesce(k.first_seen, r.since)) as first_seen
      from "step"."record" r left join "step"."kept" k on k.root = r.n left join "step"."fresh" f on f.root = r.n
      where k.root is not null or f.root is not null

-- link: which record belongs to which profile
select p.record, a.profile, p.since, a.first_seen from "step"."partition" p join "step"."assigned" a on a.root = p.root

-- change: what happened to profiles
select 'created' as kind, f.profile, cast($1 as bigint) as other from "step"."fresh" f
      where f.root not in (select root from "step"."overlap")
    union all
    select 'split', f.profile, o.old from "step"."fresh" f join "step"."overlap" o on o.root = f.root
    union all
    select 'merged', c.old, k.profile from "step"."claim" c join "step"."kept" k on k.root = c.root
      where k.profile <> c.old
    union all
    select 'retired', known.profile, null from (select distinct profile from "unified"."link_individual" l) known
      where known.profile not in (select old from "step"."overlap")
-- $1 = null