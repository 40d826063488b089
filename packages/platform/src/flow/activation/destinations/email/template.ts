import type { PayloadRow, PayloadValue } from '../../destination.ts'

const placeholder = /\{\{\s*([^{}|]*?)\s*(?:\|([^{}]*))?\}\}/g

/** The attributes that a template speaks of. */
export const placeholdersOf = (template: string): readonly string[] => [
  ...new Set([...template.matchAll(placeholder)].map(([, name = '']) => name)),
]

/** What is wrong with the brackets of a template; nothing when it can be filled in. */
export function brokenPlaceholder(template: string): string | undefined {
  const rest = template.replace(placeholder, '')
  const found = /\{\{.{0,20}|.{0,20}\}\}/s.exec(rest)?.[0]
  if (found !== undefined) return `"${found}" is no whole placeholder; write {{First name}}`
  return placeholdersOf(template).includes('') ? 'a placeholder has no name' : undefined
}

/** How values are written into a template. */
export type Escape = (value: string) => string

/** Text as it is, but on one line: a line break in a header would begin another one. */
export const onOneLine: Escape = (value) => value.replace(/[\r\n]+/g, ' ')

/** Text that stays text within HTML, also within an attribute in quotes. */
export const forHtml: Escape = (value) =>
  value.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign)

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** The first attribute that has no value, where the template has nothing instead. */
export function missingIn(template: string, row: PayloadRow): string | undefined {
  for (const [, name = '', instead] of template.matchAll(placeholder)) {
    if (instead === undefined && textOf(row[name]) === '') return name
  }
  return undefined
}

/** A template with the values of a member. */
export const filledIn = (template: string, row: PayloadRow, write: Escape): string =>
  template.replace(placeholder, (_, name: string, instead = '') =>
    write(textOf(row[name]) || instead),
  )

function textOf(value: PayloadValue | undefined): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
