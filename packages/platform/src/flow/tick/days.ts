const formats = new Map<string, Intl.DateTimeFormat>()

/** The day of the calendar that it is in a time zone. */
export function dayIn(zone: string, now: Date): string {
  const format =
    formats.get(zone) ?? new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' })
  formats.set(zone, format)
  return format.format(now)
}
