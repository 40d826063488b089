import { posix } from 'node:path'
import { nearest } from '#kernel/near.ts'

/** Whether a path or a pattern leads out of the folder that it starts in. */
export const leadsOut = (pattern: string): boolean =>
  /^[/\\]|^[a-z]:|(^|[/\\{,])\.\.($|[/\\},])|\0/i.test(pattern)

/** Tells which paths a pattern such as `sales/*.csv` or `**\/*.json` stands for. Hidden files match none. */
export function pathMatcher(pattern: string): (path: string) => boolean {
  const normal = posix.normalize(pattern)
  return (path) => !isHidden(path) && posix.matchesGlob(path, normal)
}

/** Whether a path leads to or through something that people do not see. */
export const isHidden = (path: string): boolean => /(^|\/)\./.test(path)

/** What every path begins with that a pattern stands for. */
export const fixedPrefix = (pattern: string): string =>
  /^[^*?[\]{}()!+@\\]*/.exec(posix.normalize(pattern))?.[0] ?? ''

/** Paths in the order people count in: `part-2` before `part-10`, and 2023 before 2024. */
export const inOrder = (paths: readonly string[]): readonly string[] =>
  [...paths].sort(byNumberAndLetter.compare)

const byNumberAndLetter = new Intl.Collator('en', { numeric: true })

/** Ends a refusal with what is there instead of what was asked for. */
export function whatIsThere(asked: string, all: readonly string[]): string {
  if (all.length === 0) return '; the folder is empty'
  const near = nearest(asked, all)
  if (near !== undefined) return `; did you mean "${near}"?`
  const some = all.slice(0, 5).map((name) => `"${name}"`)
  return `; there ${some.length === 1 ? 'is' : 'are'} ${some.join(', ')}${all.length > 5 ? ' ...' : ''}`
}
