import { secretRef } from '#definitions/definition'
import { list, object, oneOf, optional, type Read, text, whole } from '#kernel/read.ts'

/** The settings that every database is reached with. */
export const sqlSettings = {
  host: text({ minLength: 1, description: 'The name or address of the server.' }),
  port: optional(
    whole({ minimum: 1, maximum: 65_535, description: 'The usual one of its kind unless set.' }),
  ),
  database: text({ minLength: 1, description: 'The database to read from.' }),
  user: text({ minLength: 1, description: 'A user who may read, and better nothing else.' }),
  password: secretRef,
  tls: optional(
    oneOf(['require', 'off'], {
      description: 'Whether to speak TLS; required unless the server is on this very machine.',
    }),
  ),
  ca: optional(
    text({
      description: 'The certificate (PEM) of who signed that of the server, if nobody well known.',
    }),
  ),
}

/** What a stream takes from a database. */
export const sqlSource = object({
  table: optional(
    text({ minLength: 1, description: 'A table or view: `schema.table`, or just its name.' }),
  ),
  query: optional(
    text({
      minLength: 1,
      description: 'One select statement that only reads, instead of a table.',
    }),
  ),
  columns: optional(
    list(text({ minLength: 1 }), { minItems: 1, description: 'Only these; all unless set.' }),
  ),
  cursor: optional(
    text({
      minLength: 1,
      description:
        'A column that rises as rows are added or changed; then only what is new is taken.',
    }),
  ),
  overlap: optional(
    whole({
      minimum: 1,
      description:
        'How far before the last cursor to look again, in seconds or steps, for rows that were committed late. The stream then needs a primary key, or the cursor among its columns.',
    }),
  ),
  primary_key: optional(
    list(text({ minLength: 1 }), {
      minItems: 1,
      description: 'What tells rows apart; the primary key of the table unless set.',
    }),
  ),
})

export type SqlSource = Read<typeof sqlSource>
