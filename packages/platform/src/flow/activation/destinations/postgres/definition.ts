import { secretRef } from '#definitions/definition'
import { flag, object, oneOf, optional, text, whole } from '#kernel/read.ts'

const name = (description: string) =>
  text({
    pattern: '^[A-Za-z_][A-Za-z0-9_]{0,62}$',
    expected: 'a name such as new_customers: letters, digits and _, not a digit first',
    description,
  })

/** What the PostgreSQL destination says of itself. */
export const postgresDefinition = {
  key: 'postgres',
  label: 'PostgreSQL table',
  about:
    'Keeps the members of a segment in a table: who comes is inserted, who changes is updated, who leaves is deleted.',
  guarantee: 'once by upsert',
  settings: object({
    host: text({ minLength: 1, description: 'The name or the address of the server.' }),
    port: optional(whole({ minimum: 1, maximum: 65_535, description: '5432 unless set.' })),
    database: text({ minLength: 1 }),
    user: text({ minLength: 1 }),
    password: secretRef,
    tls: optional(
      oneOf(['require', 'off'], {
        description: 'Required unless set, except on this machine itself.',
      }),
    ),
    ca: optional(text({ description: 'The certificate that signed that of the server, as PEM.' })),
    schema: optional(name('public unless set.')),
    table: name('The table that is kept.'),
    key: optional(
      text({
        minLength: 1,
        description:
          'The attribute that tells members apart, such as an e-mail address; profile_id unless set.',
      }),
    ),
    create: optional(
      flag({ description: 'Whether the table and missing columns may be made; not unless set.' }),
    ),
    batch_size: optional(whole({ minimum: 1, maximum: 50_000, description: '5000 unless set.' })),
  }),
} as const
