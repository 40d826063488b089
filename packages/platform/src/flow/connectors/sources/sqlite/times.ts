const shape = /^(\d{4}-\d\d-\d\d)(?:([ T])(\d\d:\d\d(?::\d\d)?)(\.\d+)?(Z|[+-]\d\d:?\d\d)?)?$/

/** The time that lies so many seconds before another, written in the same way; nothing for what is no time. */
export function earlier(time: string, seconds: number): string | undefined {
  const [, day, between = '', clock = '', fraction = '', zone = ''] = shape.exec(time) ?? []
  if (day === undefined) return undefined
  const at = Date.parse(`${day}T${clock || '00:00'}Z`) - seconds * 1000
  if (Number.isNaN(at)) return undefined
  const text = new Date(at).toISOString()
  // What is cut off makes it earlier still.
  if (clock === '') return text.slice(0, 10)
  return `${text.slice(0, 10)}${between}${text.slice(11, 11 + clock.length)}${fraction}${zone}`
}
