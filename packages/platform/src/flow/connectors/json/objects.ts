/**
 * The first whole objects of a text, one to a line or in an array. What is no JSON object is passed over: this is for a
 * look, the engine does the counting.
 */
export function firstObjects(
  text: string,
  format: 'ndjson' | 'json',
  count: number,
): readonly Record<string, unknown>[] {
  const found: Record<string, unknown>[] = []
  for (const part of format === 'ndjson' ? text.split(/\r\n?|\n/) : outermost(text)) {
    if (found.length === count) break
    const value = part.trimStart().startsWith('{') ? parsed(part) : undefined
    if (value) found.push(value)
  }
  return found
}

/** Every stretch from an outermost brace to the one that closes it. */
function* outermost(text: string): Generator<string> {
  let depth = 0
  let start = 0
  // Strings are matched whole, so that braces inside of them do not count.
  for (const { 0: sign, index } of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}]/g)) {
    if (sign === '{' && depth++ === 0) start = index
    if (sign === '}' && depth > 0 && --depth === 0) yield text.slice(start, index + 1)
  }
}

function parsed(part: string): Record<string, unknown> | undefined {
  try {
    // It begins with a brace, so what it parses to is an object.
    return JSON.parse(part) as Record<string, unknown>
  } catch {
    return undefined
  }
}
