import type { Command } from '../command.ts'
import { tableOf, tableOfRecords } from '../table.ts'
import { wordOf } from '../words.ts'

type Json = Readonly<Record<string, unknown>>

/** Shows a customer, found by whatever is known of them. */
export const profile: Command = {
  name: 'profile',
  takes: '<id, e-mail, phone, stream:record or name>',
  about: 'Show a unified customer, found by whatever is known of them',
  run: async (call, { client, out }) => {
    const who = call.words.length > 0 ? call.words.join(' ') : wordOf(profile, call)
    const found = await (await client()).call('GET', '/profiles/who', { query: { who } })
    out.print(out.isJson ? JSON.stringify(found, null, 2) : describe(found))
  },
}

/** Nested data as indented text: plain values first, lists of records as tables. */
function describe(of: unknown, indent = ''): string {
  if (!isObject(of)) return `${indent}${String(of)}`
  return Object.entries(of)
    .filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0))
    .map(([name, value]) => describeMember(name, value, indent))
    .join('\n')
}

function describeMember(name: string, value: unknown, indent: string): string {
  if (name === 'values' && Array.isArray(value))
    return `${indent}values\n${valuesTable(value, indent)}`
  if (Array.isArray(value) && value.every(isObject))
    return `${indent}${name}\n${shift(tableOfRecords(value), indent)}`
  if (Array.isArray(value)) return `${indent}${name}: ${value.map(String).join(', ')}`
  return isObject(value)
    ? `${indent}${name}\n${describe(value, `${indent}  `)}`
    : `${indent}${name}: ${String(value)}`
}

function valuesTable(values: readonly unknown[], indent: string): string {
  const rows = values.filter(isObject).map((of) => [of['field'], of['value'], sourceOf(of)])
  return shift(tableOf([{ title: 'field' }, { title: 'value' }, { title: 'from' }], rows), indent)
}

const sourceOf = (of: Json): string => {
  const from = isObject(of['from']) ? of['from'] : of
  return [from['stream'], from['record_id'] ?? from['id'], from['file'], from['record']]
    .filter((part) => part !== undefined && part !== null)
    .join(' ')
}

const shift = (text: string, indent: string) =>
  text
    .split('\n')
    .map((line) => `${indent}  ${line}`)
    .join('\n')

const isObject = (of: unknown): of is Json =>
  typeof of === 'object' && of !== null && !Array.isArray(of)
