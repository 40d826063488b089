const iso =
  /^\d{4}-\d\d-\d\d(?<time>[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?<zone>Z|[+-]\d\d:?\d\d)?)?$/i

/** A time as somebody wrote it, in UTC where no zone is said; nothing where it is none. */
export function timeIn(text: string): Date | undefined {
  const found = iso.exec(text.trim())?.groups
  if (found === undefined) return undefined
  const isBare = found['time'] !== undefined && found['zone'] === undefined
  const at = new Date(`${text.trim().replace(' ', 'T')}${isBare ? 'Z' : ''}`)
  return Number.isNaN(at.getTime()) ? undefined : at
}
