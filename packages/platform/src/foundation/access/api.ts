import { rights as allRights } from '#kernel/caller.ts'
import { key, list, object, oneOf, optional, type Read, text } from '#kernel/read.ts'

const rights = list(oneOf(allRights), {
  minItems: 1,
  description:
    'What the bearer may do. Each right stands for itself: write alone may send but not see; read_customers is a part of read.',
})
const origins = list(text(), {
  minItems: 1,
  description:
    'Whose pages may show a customer in a frame by this token, such as https://desk.example.com; only for tokens that may read customers and nothing else.',
})
const space = key({
  description:
    'The data space whose customers may be read, all when left out; only for tokens that may read customers and nothing else.',
})
const name = text({
  minLength: 1,
  maxLength: 80,
  description: 'What the audit calls the bearer; unique among the tokens in use.',
})

/** A token, without its secret. */
export const token = object({
  id: text(),
  name,
  rights,
  origins: optional(origins),
  space: optional(space),
  createdAt: text(),
  createdBy: text(),
  revokedAt: optional(text()),
})
export type Token = Read<typeof token>

/** All tokens. */
export const tokens = list(token)

/** What a new token is for. */
export const newToken = object({
  name,
  rights,
  origins: optional(origins),
  space: optional(space),
})
export type NewToken = Read<typeof newToken>

/** A token that was just made; its secret is shown this once. */
export const madeToken = object({ token, secret: text() })
export type MadeToken = Read<typeof madeToken>

/** Which token. */
export const tokenParams = object({ id: text() })
