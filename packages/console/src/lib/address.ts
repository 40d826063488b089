/** What stands in the address bar behind the question mark, as text by name. */
export type AddressWords = Readonly<Record<string, string>>

/** Reads the words of an address; every value is text, so that a number typed into a search box stays what it is. */
export function readAddress(search: string): AddressWords {
  return Object.fromEntries(new URLSearchParams(search))
}

/** Writes words into an address; what is empty is left out. */
export function writeAddress(words: Readonly<Record<string, unknown>>): string {
  const members = Object.entries(words).flatMap(([name, value]) =>
    value === undefined || value === null || value === '' ? [] : [[name, String(value)]],
  )
  const text = new URLSearchParams(members).toString()
  return text === '' ? '' : `?${text}`
}

/** A text in an address, if there is one. */
export function textIn(words: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = words[name]
  return typeof value === 'string' && value.trim() !== '' ? value : undefined
}

/** One of some words in an address; anything else counts as not there. */
export function wordIn<const W extends string>(
  words: Readonly<Record<string, unknown>>,
  name: string,
  allowed: readonly W[],
): W | undefined {
  return allowed.find((word) => word === words[name])
}

/** The token in a fragment such as `#token=...`. */
export function tokenInFragment(fragment: string): string | undefined {
  const found = new URLSearchParams(fragment.replace(/^#/, '')).get('token')?.trim()
  return found === '' ? undefined : (found ?? undefined)
}
