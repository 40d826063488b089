import { isBody } from './body.ts'

/** A value as YAML, the way definition files are written; what it reads is what was given. */
export const printYaml = (value: unknown): string => `${lines(value, '').join('\n').trimStart()}\n`

const widest = 100

// What YAML would take for something else than text has to be quoted.
const plain = /^[\p{L}_][\p{L}\p{N}_./+@ -]*$/u
const reserved = /^(true|false|null|yes|no|on|off|y|n)$/i

function lines(value: unknown, indent: string): string[] {
  if (Array.isArray(value) && value.length > 0)
    return ['', ...value.flatMap((entry) => entryLines(entry, indent))]
  if (isBody(value) && membersOf(value).length > 0)
    return ['', ...membersOf(value).flatMap(([name, of]) => memberLines(name, of, indent))]
  return [` ${inOneLine(value)}`]
}

function memberLines(name: string, value: unknown, indent: string): string[] {
  if (isBlock(value))
    return [`${indent}${scalar(name)}: |${chomping(value)}`, ...blockLines(value, indent)]
  const short = shortOf(value)
  const head = `${indent}${scalar(name)}:`
  if (short !== undefined && head.length + short.length < widest) return [`${head} ${short}`]
  const [first = '', ...rest] = lines(value, `${indent}  `)
  return [`${head}${first}`, ...rest]
}

/** Text of several lines stands as it is, unless YAML would take its blanks for its own. */
const isBlock = (value: unknown): value is string =>
  typeof value === 'string' && /^\S.*\n/.test(value) && !/[^\P{C}\n]| \n/u.test(value)

// What follows the last line: one end of line, none, or several.
function chomping(text: string): '' | '-' | '+' {
  if (!text.endsWith('\n')) return '-'
  return text.endsWith('\n\n') ? '+' : ''
}

const blockLines = (text: string, indent: string): string[] =>
  text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => (line === '' ? '' : `${indent}  ${line}`))

function entryLines(value: unknown, indent: string): string[] {
  const short = shortOf(value)
  if (short !== undefined && indent.length + short.length < widest) return [`${indent}- ${short}`]
  const [first = '', next = '', ...rest] = lines(value, `${indent}  `)
  if (first !== '') return [`${indent}-${first}`, ...[next, ...rest].filter((line) => line !== '')]
  return [`${indent}- ${next.slice(indent.length + 2)}`, ...rest]
}

/** A part without parts of its own, in one line; others stand on lines of their own. */
function shortOf(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.some(isNested) ? undefined : inOneLine(value)
  if (!isBody(value)) return scalar(value)
  const members = membersOf(value)
  return members.length > 4 || members.some(([, of]) => isNested(of)) ? undefined : inOneLine(value)
}

const isNested = (value: unknown): boolean => typeof value === 'object' && value !== null

function inOneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inOneLine).join(', ')}]`
  if (!isBody(value)) return scalar(value)
  const members = membersOf(value).map(([name, of]) => `${scalar(name)}: ${inOneLine(of)}`)
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
}

function scalar(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value ?? null)
  const isPlain = plain.test(value) && !value.endsWith(' ') && !isReservedWord(value)
  return isPlain ? value : JSON.stringify(value)
}

// `on` is a word like any other as the name of a member, and in YAML 1.2; quoting it would look odd.
const isReservedWord = (value: string): boolean => value !== 'on' && reserved.test(value)

const membersOf = (value: Readonly<Record<string, unknown>>) =>
  Object.entries(value).filter(([, of]) => of !== undefined)
