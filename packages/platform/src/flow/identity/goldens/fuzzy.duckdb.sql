-- fuzzy_alike_row: what "Alike" looks at
select row_number() over () as r, a.* from (select * from (select distinct o0.n, o0.space, "o0"."first_name__fuzzy" as "v0", "o0"."last_name__fuzzy" as "v1" from "step"."values_individual" o0 where ("o0"."first_name__fuzzy" is not null and "o0"."last_name__fuzzy" is not null)) agreed where true) a

-- fuzzy_alike_key: keys that "Alike" lets records meet by
select k.*, (cast(md5_number_lower($1 || $2 || space || $3 || key) >> 3 as bigint) + 2305843009213693952) as block from (select distinct a.r, a.n, a.space, $4 || "k0"."key" || ' · ' || "k1"."key" as key
    from "step"."fuzzy_alike_row" a join (select distinct value, key from (select value, 's' || substr(value, 1, 1) || substr(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(lower(substr(value, 2)), $5, $6, 'g'), $7, $8, 'g'), $9, $10, 'g'), $11, $12, 'g'), $13, $14, 'g'), $15, $16, 'g'), $17, $18, 'g'), $19, $20, 'g'), 1, 3) as key from (select distinct "v0" as "value" from "step"."fuzzy_alike_row") v union all select value, 'b' || substr(replace(value, ' ', ''), 1, 4) as key from (select distinct "v0" as "value" from "step"."fuzzy_alike_row") v union all select value, 'e' || substr(replace(value, ' ', ''), greatest(length(replace(value, ' ', '')) - 3, 1)) as key from (select distinct "v0" as "value" from "step"."fuzzy_alike_row") v union all select value, 'n' || greatest(value, name) || least(value, name) as key from (select v.value, s.b as name from (select distinct "v0" as "value" from "step"."fuzzy_alike_row") v
  join "step"."short_name" s on s.a = v.value) v) k) "k0" on "k0"."value" = "a"."v0" join (select distinct value, key from (select value, substr(word, 1, 1) as key from (select value, unnest(string_split(value, $21)) as word from (select distinct "v1" as "value" from "step"."fuzzy_alike_row") v) w where word <> '') k) "k1" on "k1"."value" = "a"."v1" union all select distinct a.r, a.n, a.space, $22 || "k1"."key" || ' · ' || "k0"."key" as key
    from "step"."fuzzy_alike_row" a join (select distinct value, key from (select value, substr(word, 1, 1) as key from (select value, unnest(string_split(value, $23)) as word from (select distinct "v0" as "value" from "step"."fuzzy_alike_row") v) w where word <> '' union all select value, substr(name, 1, 1) as key from (select v.value, s.b as name from (select distinct "v0" as "value" from "step"."fuzzy_alike_row") v
  join "step"."short_name" s on s.a = v.value) v) k) "k0" on "k0"."value" = "a"."v0" join (select distinct value, key from (select value, 's' || substr(value, 1, 1) || substr(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(lower(substr(value, 2)), $24, $25, 'g'), $26, $27, 'g'), $28, $29, 'g'), $30, $31, 'g'), $32, $33, 'g'), $34, $35, 'g'), $36, $37, 'g'), $38, $39, 'g'), 1, 3) as key from (select distinct "v1" as "value" from "step"."fuzzy_alike_row") v union all select value, 'b' || substr(replace(value, ' ', ''), 1, 4) as key from (select distinct "v1" as "value" from "step"."fuzzy_alike_row") v union all select value, 'e' || substr(replace(value, ' ', ''), greatest(length(replace(value, ' ', '')) - 3, 1)) as key from (select distinct "v1" as "value" from "step"."fuzzy_alike_row") v) k) "k1" on "k1"."value" = "a"."v1") k
-- $1 = alike
-- $2 = 
-- $3 = 
-- $4 = 0 · 
-- $5 = [hw]
-- $6 = 
-- $7 = [bfpv]+
-- $8 = 1
-- $9 = [cgjkqsxz]+
-- $10 = 2
-- $11 = [dt]+
-- $12 = 3
-- $13 = l+
-- $14 = 4
-- $15 = [mn]+
-- $16 = 5
-- $17 = r+
-- $18 = 6
-- $19 = [^1-6]
-- $20 = 
-- $21 =  
-- $22 = 1 · 
-- $23 =  
-- $24 = [hw]
-- $25 = 
-- $26 = [bfpv]+
-- $27 = 1
-- $28 = [cgjkqsxz]+
-- $29 = 2
-- $30 = [dt]+
-- $31 = 3
-- $32 = l+
-- $33 = 4
-- $34 = [mn]+
-- $35 = 5
-- $36 = r+
-- $37 = 6
-- $38 = [^1-6]
-- $39 = 

-- key: what every record is found again by
select $1 as rule, a.key, k.record
        from (select distinct n, block as key from "step"."fuzzy_alike_key") a join "step"."record" k on k.n = a.n
-- $1 = alike

-- fuzzy_value_first_name: values that are compared as a first_name, numbered
select row_number() over (order by "value") as id, "value"
    from (select distinct "value" from (select "v0" as value from "step"."fuzzy_alike_row") w) v

-- fuzzy_value_last_name: values that are compared as a last_name, numbered
select row_number() over (order by "value") as id, "value"
    from (select distinct "value" from (select "v1" as value from "step"."fuzzy_alike_row") w) v

-- fuzzy_alike_block: records that share a key, counted
select k.space, k.key, min(n) as first, max(n) as last, count(distinct n) as size from "step"."fuzzy_alike_key" k
    group by k.space, k.key having count(distinct n) > 1

-- fuzzy_alike_pair: pairs of records that share a block
select distinct a.r as a, b.r as b from "step"."fuzzy_alike_block" k
    join "step"."fuzzy_alike_key" a on a.space = k.space and a.key = k.key
    join "step"."fuzzy_alike_key" b on b.space = k.space and b.key = k.key
    where k.size <= $1 and a.n < b.n and true
-- $1 = 100

-- fuzzy_alike_id: values that are compared, by their numbers
select a.r, "k0"."id" as "v0", "k1"."id" as "v1" from "step"."fuzzy_alike_row" a join "step"."fuzzy_value_first_name" "k0" on "k0"."value" = "a"."v0" join "step"."fuzzy_value_last_name" "k1" on "k1"."value" = "a"."v1"

-- fuzzy_met_first_name: differing values that pairs have, each two once
select distinct x, y from (select least("a"."v0", "b"."v0") as x, greatest("a"."v0", "b"."v0") as y from "step"."fuzzy_alike_pair" p join "step"."fuzzy_alike_id" a on a.r = p.a
    join "step"."fuzzy_alike_id" b on b.r = p.b) m

-- fuzzy_alike_first_name: those of them that are alike, compared as a first_name at medium precision
select x, y, level from (
      select p.x, p.y, case when (replace("a"."value", ' ', '') = replace("b"."value", ' ', '') or (length("a"."value") >= $1 and length("b"."value") >= $2 and (contains(' ' || "a"."value" || ' ', ' ' || "b"."value" || ' ')
    or contains(' ' || "b"."value" || ' ', ' ' || "a"."value" || ' '))) or ("a"."value", "b"."value") in (select a, b from "step"."short_name") or (case when length("a"."value") <= $3 and length("b"."value") <= $4
    and not regexp_matches("a"."value" || "b"."value", $5) then ((substr("a"."value", 1, 1) = substr("b"."value", 1, 1) and (length("a"."value") >= $6 and length("b"."value") >= $7 and abs(length("a"."value") - length("b"."value")) <= 1
    and damerau_levenshtein("a"."value", "b"."value") <= 1)) or (length("a"."value") >= $8 and length("b"."value") >= $9 and jaro_winkler_similarity("a"."value", "b"."value") >= $10) or (substr("a"."value", 1, 1) = substr("b"."value", 1, 1) and substr("a"."value", length("a"."value")) = substr("b"."value", length("b"."value")) and (length("a"."value") >= $11 and length("b"."value") >= $12 and abs(length("a"."value") - length("b"."value")) <= 1
    and damerau_levenshtein("a"."value", "b"."value") <= 1))) else false end)) then $13 end as "level" from "step"."fuzzy_met_first_name" p
        join "step"."fuzzy_value_first_name" a on a.id = p.x join "step"."fuzzy_value_first_name" b on b.id = p.y where p.x <> p.y) l where level is not null
-- $1 = 2
-- $2 = 2
-- $3 = 100
-- $4 = 100
-- $5 = [^ -~]
-- $6 = 4
-- $7 = 4
-- $8 = 4
-- $9 = 4
-- $10 = 0.92
-- $11 = 5
-- $12 = 5
-- $13 = 2

-- fuzzy_met_last_name: differing values that pairs have, each two once
select distinct x, y from (select least("a"."v1", "b"."v1") as x, greatest("a"."v1", "b"."v1") as y from "step"."fuzzy_alike_pair" p join "step"."fuzzy_alike_id" a on a.r = p.a
    join "step"."fuzzy_alike_id" b on b.r = p.b) m

-- fuzzy_alike_last_name: those of them that are alike, compared as a last_name at medium precision
select x, y, level from (
      select p.x, p.y, case when (replace("a"."value", ' ', '') = replace("b"."value", ' ', '') or (length("a"."value") >= $1 and length("b"."value") >= $2 and (contains(' ' || "a"."value" || ' ', ' ' || "b"."value" || ' ')
    or contains(' ' || "b"."value" || ' ', ' ' || "a"."value" || ' '))) or (case when length("a"."value") <= $3 and length("b"."value") <= $4
    and not regexp_matches("a"."value" || "b"."value", $5) then ((length("a"."value") >= $6 and length("b"."value") >= $7 and abs(length("a"."value") - length("b"."value")) <= 1
    and damerau_levenshtein("a"."value", "b"."value") <= 1) or (length("a"."value") >= $8 and length("b"."value") >= $9 and jaro_winkler_similarity("a"."value", "b"."value") >= $10) or (substr("a"."value", 1, 1) = substr("b"."value", 1, 1) and (length("a"."value") >= $11 and length("b"."value") >= $12 and abs(length("a"."value") - length("b"."value")) <= 1
    and damerau_levenshtein("a"."value", "b"."value") <= 1))) else false end)) then $13 end as "level" from "step"."fuzzy_met_last_name" p
        join "step"."fuzzy_value_last_name" a on a.id = p.x join "step"."fuzzy_value_last_name" b on b.id = p.y where p.x <> p.y) l where level is not null
-- $1 = 2
-- $2 = 2
-- $3 = 100
-- $4 = 100
-- $5 = [^ -~]
-- $6 = 4
-- $7 = 4
-- $8 = 4
-- $9 = 4
-- $10 = 0.92
-- $11 = 5
-- $12 = 5
-- $13 = 2

-- evidence_alike: records that "Alike" takes for one
select a.n as first, b.n, min(case when "a"."v0" = "b"."v0" then "a"."v0" else "a"."v0" || ' ~ ' || "b"."v0" end || ' · ' || case when "a"."v1" = "b"."v1" then "a"."v1" else "a"."v1" || ' ~ ' || "b"."v1" end) as matched, 2 as size
      from (select p.a, p.b from "step"."fuzzy_alike_pair" p join "step"."fuzzy_alike_id" a on a.r = p.a
    join "step"."fuzzy_alike_id" b on b.r = p.b where (("a"."v0" = "b"."v0" or (least("a"."v0", "b"."v0"), greatest("a"."v0", "b"."v0")) in (
      select x, y from "step"."fuzzy_alike_first_name" where level >= $1)) and ("a"."v1" = "b"."v1" or (least("a"."v1", "b"."v1"), greatest("a"."v1", "b"."v1")) in (
      select x, y from "step"."fuzzy_alike_last_name" where level >= $2)))) p
      join "step"."fuzzy_alike_row" a on a.r = p.a join "step"."fuzzy_alike_row" b on b.r = p.b group by a.n, b.n
    union all
    select first, last, key, size from "step"."fuzzy_alike_block" where size > $3
-- $1 = 2
-- $2 = 2
-- $3 = 100