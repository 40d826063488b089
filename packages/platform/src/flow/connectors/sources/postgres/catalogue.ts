/** Tables and views by schema and name. */
export const tables = `
  select n.nspname, c.relname
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f')
    and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)'
  order by 1, 2`

/** The same, as far as the user may read them and without the parts of partitioned ones, with about how much is in them. */
export const sizes = `
  select n.nspname, c.relname,
    case when c.relkind in ('r', 'm', 'p') and c.reltuples >= 0 then c.reltuples::bigint end,
    case c.relkind
      when 'p' then (select sum(pg_table_size(p.relid))::bigint from pg_partition_tree(c.oid) p where p.isleaf)
      when 'r' then pg_table_size(c.oid)
      when 'm' then pg_table_size(c.oid)
    end
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
    and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)'
    and has_schema_privilege(n.oid, 'usage') and has_any_column_privilege(c.oid, 'select')
  order by 1, 2`

/** The columns of the primary key of a table, in their order. */
export const primaryKey = `
  select a.attname
  from pg_index i
  join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
  join unnest(i.indkey::int2[]) with ordinality k (attnum, place) on true
  join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
  where i.indisprimary and n.nspname = $1 and c.relname = $2
  order by k.place`

/** Types by their number. */
export const types = `
  select t.oid, n.nspname, t.typname, t.typcategory, t.typtype
  from pg_type t join pg_namespace n on n.oid = t.typnamespace
  where t.oid = any($1::oid[])`

/** How values are written while we read; what an older server does not have is left out. */
export const manners = `
  select set_config(s.name, case v.name when 'search_path' then $1 || ', ' || s.setting else v.value end, true)
  from pg_settings s join (values
    ('timezone', 'UTC'),
    ('datestyle', 'ISO, YMD'),
    ('intervalstyle', 'iso_8601'),
    ('bytea_output', 'hex'),
    ('extra_float_digits', '3'),
    -- All rows are wanted, not the first of them soon.
    ('cursor_tuple_fraction', '1'),
    -- Between two fetches a batch is loaded.
    ('idle_in_transaction_session_timeout', '0'),
    -- Whether anybody still listens while a long sort goes on.
    ('client_connection_check_interval', '2000'),
    ('search_path', '')
  ) v (name, value) on lower(s.name) = v.name`
