/** Knows the secrets that are in use, to keep them out of whatever is shown. */
export interface Mask {
  /** Hides a text from now on, however it is written in an address or a header. */
  readonly hide: (secret: string) => string
  /** The text with every secret in it replaced. */
  readonly over: (text: string) => string
}

/** A mask that hides nothing yet. */
export function makeMask(): Mask {
  const hidden = new Set<string>()
  return {
    hide: (secret) => {
      const json = JSON.stringify(secret).slice(1, -1)
      const base64 = Buffer.from(secret).toString('base64')
      for (const form of [secret, json, base64, encodeURIComponent(secret)]) hidden.add(form)
      hidden.add(new URLSearchParams({ s: secret }).toString().slice(2))
      return secret
    },
    // The longest first, as one may be part of another.
    over: (text) =>
      [...hidden]
        .filter((form) => form !== '')
        .sort((a, b) => b.length - a.length)
        .reduce((shown, form) => shown.replaceAll(form, '***'), text),
  }
}
