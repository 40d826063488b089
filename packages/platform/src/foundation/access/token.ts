import { createHash, timingSafeEqual } from 'node:crypto'

// The id finds the record, the secret proves the right to it: so no secret is ever looked up by its value.
const form = /^tessera_([^_]+)_(.+)$/

/** Puts a token together from its id and its secret. */
export const printToken = (id: string, secret: string): string => `tessera_${id}_${secret}`

/** Takes a token apart; nothing when it is not of our making. */
export function readToken(text: string): { id: string; secret: string } | undefined {
  const [, id, secret] = form.exec(text) ?? []
  return id === undefined || secret === undefined ? undefined : { id, secret }
}

/** What is kept of a secret: it has 256 random bits, so a plain hash cannot be searched. */
export const digestOf = (secret: string): string =>
  createHash('sha256').update(secret).digest('base64url')

/** Compares a secret with a digest, in a time that does not tell how much of it is right. */
export const isSecretOf = (digest: string, secret: string): boolean =>
  timingSafeEqual(Buffer.from(digest), Buffer.from(digestOf(secret)))
