import { joinPlace } from '#kernel/fault.ts'
import { key, object, type Read, text } from '#kernel/read.ts'

/** What names a definition: its kind and its key. */
export const readReference = object({ kind: key(), key: key() })
export type Reference = Read<typeof readReference>

/** What users define, as plain data. */
export interface Definition<Body = unknown> extends Reference {
  readonly body: Body
}

/** A definition as it stands, with its rising version. */
export interface Current<Body = unknown> extends Definition<Body> {
  readonly version: number
  readonly changedAt: string
}

/** A definition file as text, with the name that problems call it by. */
export const readSourceFile = object({ file: text({ minLength: 1 }), text: text() })
export type SourceFile = Read<typeof readSourceFile>

/** How a reference is written in sentences and plans: `segment/vips`. */
export const named = ({ kind, key: name }: Reference): string => `${kind}/${name}`

const secretWords = {
  description: 'The name of a secret, never the secret itself.',
  'x-secret': true,
}

/** Where a definition wants a secret: its name. The secret itself is kept sealed, elsewhere. */
export const secretRef = object(
  {
    secret: text({
      pattern: '^[a-z][a-z0-9_.-]{0,62}$',
      expected: 'the name of a secret such as shop_key',
    }),
  },
  secretWords,
)
export type SecretRef = Read<typeof secretRef>

/** The names of all secrets that a body refers to. */
export const secretsIn = (body: unknown): readonly string[] => [
  ...new Set(secretRefsIn(body).map(({ name }) => name)),
]

/** Where in a body secrets are referred to. */
export function secretRefsIn(
  body: unknown,
  at = '',
): readonly { readonly name: string; readonly at: string }[] {
  if (typeof body !== 'object' || body === null) return []
  const [only, ...others] = Object.entries(body)
  if (others.length === 0 && only?.[0] === 'secret' && typeof only[1] === 'string')
    return [{ name: only[1], at }]
  return Object.entries(body).flatMap(([name, inner]) =>
    secretRefsIn(inner, Array.isArray(body) ? `${at}[${name}]` : joinPlace(at, name)),
  )
}
