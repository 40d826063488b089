/** Everything that stands between words, as a pattern of the engine. */
export const wordsOnly = '[^\\p{L}\\p{N}]+'

/** The words of a text with single blanks between them. */
export const wordsIn = (text: string): string => text.replaceAll(/[^\p{L}\p{N}]+/gu, ' ').trim()

/**
 * The pattern of a text in which `*` stands for any characters and `?` for one; a backslash takes that meaning from them.
 * Engines match such patterns in linear time: nothing repeats inside a repetition.
 */
export function patternOf(text: string): string {
  const parts = text.match(/\\[*?\\]|[\s\S]/gu) ?? []
  return `(?s)^${parts.map(partOf).join('')}$`
}

function partOf(part: string): string {
  if (part === '*') return '.*'
  if (part === '?') return '.'
  const letter = part.length === 2 && part.startsWith('\\') ? part.slice(1) : part
  return /[\\^$.*+?()[\]{}|]/.test(letter) ? `\\${letter}` : letter
}
