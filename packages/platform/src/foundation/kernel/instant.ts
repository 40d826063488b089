/** What a day, or an instant with its zone, is written like. */
export const instantPattern =
  '^\\d{4}-\\d\\d-\\d\\d(T\\d\\d:\\d\\d(:\\d\\d(\\.\\d{1,9})?)?(Z|[+-]\\d\\d:\\d\\d))?$'

/** Whether what is written like a day or an instant is one: the 30th of February is not. */
export function isInstant(written: string): boolean {
  const day = written.slice(0, 10)
  const begins = new Date(`${day}T00:00:00Z`)
  const isDay = !Number.isNaN(begins.getTime()) && begins.toISOString().startsWith(day)
  return isDay && !Number.isNaN(Date.parse(written))
}

/** An instant as it is stored: in UTC and to the millisecond, so that as texts they stand in their order. */
export const storedInstant = (written: string): string => new Date(written).toISOString()
