import { createCipheriv, createDecipheriv } from 'node:crypto'

const algorithm = 'aes-256-gcm'

/** Encrypts text under a 32-byte key; `about` is bound to it, so that sealed text cannot be moved to another name. */
export function seal(plain: string, key: Uint8Array, about: string, nonce: Uint8Array): string {
  const cipher = createCipheriv(algorithm, key, nonce).setAAD(Buffer.from(about))
  const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
  return ['v1', ...[nonce, body, cipher.getAuthTag()].map(base64)].join('.')
}

/** Decrypts what `seal` made; nothing when the key, the name or a single bit is not the same. */
export function unseal(sealed: string, key: Uint8Array, about: string): string | undefined {
  const [version, nonce = '', body = '', tag = ''] = sealed.split('.')
  if (version !== 'v1') return undefined
  try {
    const cipher = createDecipheriv(algorithm, key, bytes(nonce), { authTagLength: 16 })
      .setAAD(Buffer.from(about))
      .setAuthTag(bytes(tag))
    return Buffer.concat([cipher.update(bytes(body)), cipher.final()]).toString('utf8')
  } catch {
    return undefined
  }
}

const base64 = (part: Uint8Array) => Buffer.from(part).toString('base64url')
const bytes = (part: string) => Buffer.from(part, 'base64url')
