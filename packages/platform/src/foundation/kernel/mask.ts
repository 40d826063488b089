/** A value with only the first letter of each word left, so that people recognise it and nobody else learns it. */
export const maskedValue = (of: string): string =>
  of.replace(/[\p{L}\p{N}]+/gu, (word) => `${word.slice(0, 1)}***`)
