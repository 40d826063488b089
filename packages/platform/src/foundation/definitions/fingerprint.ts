import { createHash } from 'node:crypto'

/** What tells two values apart: SHA-256, in hex, over JSON in which the order of members does not count. */
export const fingerprint = (value: unknown): string =>
  createHash('sha256').update(stableJson(value)).digest('hex')

function stableJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(stableJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${stableJson(member)}`)
  return `{${members.join(',')}}`
}
