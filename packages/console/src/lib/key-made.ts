/** A key made of words: `Lapsed VIPs` is `lapsed_vips`. */
export function keyMadeOf(label: string): string | undefined {
  const plain = label.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
  const key = plain.replaceAll(/[^a-z0-9]+/g, '_').replaceAll(/^[_0-9]+|_+$/g, '')
  return key === '' ? undefined : key.slice(0, 60)
}

/** A key that nothing has yet: the wish itself, or the wish with the first number that is free. */
export function freeKeyOf(wish: string, taken: readonly string[]): string {
  let key = wish
  for (let number = 2; taken.includes(key); number++) key = `${wish.slice(0, 58)}_${number}`
  return key
}

/** Whether the server takes a text for a key. */
export const isKey = (text: string): boolean => /^[a-z][a-z0-9_]{0,62}$/.test(text)
