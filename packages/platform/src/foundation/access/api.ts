import { list, object, oneOf, optional, type Read, text } from '#kernel/read.ts'

const rights = list(oneOf(['read', 'write', 'admin']), {
  minItems: 1,
  description:
    'What the bearer may do. Each right stands for itself: write alone may send but not see.',
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
  createdAt: text(),
  createdBy: text(),
  revokedAt: optional(text()),
})
export type Token = Read<typeof token>

/** All tokens. */
export const tokens = list(token)

/** What a new token is for. */
export const newToken = object({ name, rights })
export type NewToken = Read<typeof newToken>

/** A token that was just made; its secret is shown this once. */
export const madeToken = object({ token, secret: text() })
export type MadeToken = Read<typeof madeToken>

/** Which token. */
export const tokenParams = object({ id: text() })
