/** Whether a value looks like data rather than like the name of a column: a number, a day, an address. */
export const looksLikeData = (value: string): boolean =>
  data.some((pattern) => pattern.test(value.trim()))

/** Whether a value is nothing but a number, with whatever decimal sign. */
export const isNumber = (value: string): boolean => number.test(value.trim())

const number = /^[-+]?[$€£]?\d[\d.,' ]*%?$/

const data: readonly RegExp[] = [
  number,
  /^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T].*)?$/,
  /^\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$/,
  /^[^\s@]+@[^\s@]+\.[^\s@]+$/,
  /^https?:\/\//i,
  /^(true|false|null)$/i,
  /^[0-9a-f]{8}-[0-9a-f]{4}-/i,
]
