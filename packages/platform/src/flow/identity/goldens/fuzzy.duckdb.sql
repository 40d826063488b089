-- fuzzy_alike_row: what "Alike" looks at
select row_number() over () as r, a.* from (select * from (select distinct o0.n, o0.space, "o0"."first_name__fuzzy" as "v0", "o0"."last_name__fuzzy" as "v1" from "step"."values_individual" o0 where ("o0"."first_name__fuzzy" is not null and "o0"."last_name__fuzzy" is not null)) agreed where true) a

-- fuzzy_alike_key: keys that "Alike" lets records meet by
select distinct a.r, a.n, a.space, $1 || "k0"."key" || ' · ' || "k1"."key" as key
    from "step"."fuzzy_alike_row" a join (select distinct value, key from (select value, 's' || substr(value, 1, 1) || substr(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(lower(substr(value, 2)), $2, $3, 'g'), $4, $5, 'g'), $6, $7, 'g'), $8, $9, 'g'), $10, $11, 'g'), $12, $13, 'g'), $14, $15, 'g'), $16, $17, 'g'), 1, 3) as key from (select distinct "v0" as "value" from "step"."fuzzy_alike_row") v union all select value, 'b' || substr(replace(value, ' ', ''), 1, 4) as key from (select distinct "v0" as "value" from "step"."fuzzy_alike_row") v union all select value, 'e' || substr(replace(value, ' ', ''), greatest(length(replace(value, ' ', '')) - 3, 1)) as key from (select distinct "v0" as "value" from "step"."fuzzy_alike_row") v union all select value, 'n' || greatest(value, name) || least(value, name) as key from (select v.value, s.b as name from (select distinct "v0" as "value" from "step"."fuzzy_alike_row") v
  join "step"."short_name" s on s.a = v.value) v) k) "k0" on "k0"."value" = "a"."v0" join (select distinct value, key from (select value, substr(word, 1, 1) as key from (select value, unnest(string_split(value, $18)) as word from (select distinct "v1" as "value" from "step"."fuzzy_alike_row") v) w where word <> '') k) "k1" on "k1"."value" = "a"."v1" union all select distinct a.r, a.n, a.space, $19 || "k1"."key" || ' · ' || "k0"."key" as key
    from "step"."fuzzy_alike_row" a join (select distinct value, key from (select value, substr(word, 1, 1) as key from (select value, unnest(string_split(value, $20)) as word from (select distinct "v0" as "value" from "step"."fuzzy_alike_row") v) w where word <> '' union all select value, substr(name, 1, 1) as key from (select v.value, s.b as name from (select distinct "v0" as "value" from "step"."fuzzy_alike_row") v
  join "step"."short_name" s on s.a = v.value) v) k) "k0" on "k0"."value" = "a"."v0" join (select distinct value, key from (select value, 's' || substr(value, 1, 1) || substr(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(lower(substr(value, 2)), $21, $22, 'g'), $23, $24, 'g'), $25, $26, 'g'), $27, $28, 'g'), $29, $30, 'g'), $31, $32, 'g'), $33, $34, 'g'), $35, $36, 'g'), 1, 3) as key from (select distinct "v1" as "value" from "step"."fuzzy_alike_row") v union all select value, 'b' || substr(replace(value, ' ', ''), 1, 4) as key from (select distinct "v1" as "value" from "step"."fuzzy_alike_row") v union all select value, 'e' || substr(replace(value, ' ', ''), greatest(length(replace(value, ' ', '')) - 3, 1)) as key from (select distinct "v1" as "value" from "step"."fuzzy_alike_row") v) k) "k1" on "k1"."value" = "a"."v1"
-- $1 = 0 · 
-- $2 = [hw]
-- $3 = 
-- $4 = [bfpv]+
-- $5 = 1
-- $6 = [cgjkqsxz]+
-- $7 = 2
-- $8 = [dt]+
-- $9 = 3
-- $10 = l+
-- $11 = 4
-- $12 = [mn]+
-- $13 = 5
-- $14 = r+
-- $15 = 6
-- $16 = [^1-6]
-- $17 = 
-- $18 =  
-- $19 = 1 · 
-- $20 =  
-- $21 = [hw]
-- $22 = 
-- $23 = [bfpv]+
-- $24 = 1
-- $25 = [cgjkqsxz]+
-- $26 = 2
-- $27 = [dt]+
-- $28 = 3
-- $29 = l+
-- $30 = 4
-- $31 = [mn]+
-- $32 = 5
-- $33 = r+
-- $34 = 6
-- $35 = [^1-6]
-- $36 = 

-- fuzzy_alike_block: records that share a key, counted
select space, key, min(n) as first, max(n) as last, count(distinct n) as size from "step"."fuzzy_alike_key"
    group by space, key having count(distinct n) > 1

-- fuzzy_alike_pair: pairs of records that share a block
select distinct a.r as a, b.r as b from "step"."fuzzy_alike_block" k
    join "step"."fuzzy_alike_key" a on a.space = k.space and a.key = k.key
    join "step"."fuzzy_alike_key" b on b.space = k.space and b.key = k.key
    where k.size <= $1 and a.n < b.n and true
-- $1 = 100

-- fuzzy_alike_values_v0: differing values that these pairs have, each two once
select distinct least("a"."v0", "b"."v0") as x, greatest("a"."v0", "b"."v0") as y from "step"."fuzzy_alike_pair" p join "step"."fuzzy_alike_row" a on a.r = p.a
    join "step"."fuzzy_alike_row" b on b.r = p.b where "a"."v0" <> "b"."v0"

-- fuzzy_alike_alike_v0: those of them that are alike, compared as a first_name at medium precision
select x, y from "step"."fuzzy_alike_values_v0" where (replace(x, ' ', '') = replace(y, ' ', '') or (length(x) >= $1 and length(y) >= $2 and (contains(' ' || x || ' ', ' ' || y || ' ')
    or contains(' ' || y || ' ', ' ' || x || ' '))) or (x, y) in (select a, b from "step"."short_name") or (case when length(x) <= $3 and length(y) <= $4
    and not regexp_matches(x || y, $5) then ((substr(x, 1, 1) = substr(y, 1, 1) and (length(x) >= $6 and length(y) >= $7 and abs(length(x) - length(y)) <= 1
    and damerau_levenshtein(x, y) <= 1)) or (length(x) >= $8 and length(y) >= $9 and jaro_winkler_similarity(x, y) >= $10) or (substr(x, 1, 1) = substr(y, 1, 1) and substr(x, length(x)) = substr(y, length(y)) and (length(x) >= $11 and length(y) >= $12 and abs(length(x) - length(y)) <= 1
    and damerau_levenshtein(x, y) <= 1))) else false end))
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

-- fuzzy_alike_values_v1: differing values that these pairs have, each two once
select distinct least("a"."v1", "b"."v1") as x, greatest("a"."v1", "b"."v1") as y from "step"."fuzzy_alike_pair" p join "step"."fuzzy_alike_row" a on a.r = p.a
    join "step"."fuzzy_alike_row" b on b.r = p.b where "a"."v1" <> "b"."v1"

-- fuzzy_alike_alike_v1: those of them that are alike, compared as a last_name at medium precision
select x, y from "step"."fuzzy_alike_values_v1" where (replace(x, ' ', '') = replace(y, ' ', '') or (length(x) >= $1 and length(y) >= $2 and (contains(' ' || x || ' ', ' ' || y || ' ')
    or contains(' ' || y || ' ', ' ' || x || ' '))) or (case when length(x) <= $3 and length(y) <= $4
    and not regexp_matches(x || y, $5) then ((length(x) >= $6 and length(y) >= $7 and abs(length(x) - length(y)) <= 1
    and damerau_levenshtein(x, y) <= 1) or (length(x) >= $8 and length(y) >= $9 and jaro_winkler_similarity(x, y) >= $10) or (substr(x, 1, 1) = substr(y, 1, 1) and (length(x) >= $11 and length(y) >= $12 and abs(length(x) - length(y)) <= 1
    and damerau_levenshtein(x, y) <= 1))) else false end))
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

-- evidence_alike: records that "Alike" takes for one
select a.n as first, b.n, min(case when "a"."v0" = "b"."v0" then "a"."v0" else "a"."v0" || ' ~ ' || "b"."v0" end || ' · ' || case when "a"."v1" = "b"."v1" then "a"."v1" else "a"."v1" || ' ~ ' || "b"."v1" end) as matched, 2 as size
      from "step"."fuzzy_alike_pair" p join "step"."fuzzy_alike_row" a on a.r = p.a
    join "step"."fuzzy_alike_row" b on b.r = p.b where (("a"."v0" = "b"."v0" or (least("a"."v0", "b"."v0"), greatest("a"."v0", "b"."v0")) in (
      select x, y from "step"."fuzzy_alike_alike_v0")) and ("a"."v1" = "b"."v1" or (least("a"."v1", "b"."v1"), greatest("a"."v1", "b"."v1")) in (
      select x, y from "step"."fuzzy_alike_alike_v1"))) group by a.n, b.n
    union all
    select first, last, key, size from "step"."fuzzy_alike_block" where size > $1
-- $1 = 100