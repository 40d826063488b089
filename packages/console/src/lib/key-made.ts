/** A key made of words: `Lapsed VIPs` is `lapsed_vips`. */
export function keyMadeOf(label: string): string | undefined {
  const plain = label.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
  const key = plain.replaceAll(/[^a-z0-9]+/g, '_').replaceAll(/^[_0-9]+|_+$/g, '')
  return key === '' ? undefined : key.slice(0, 60)
}
