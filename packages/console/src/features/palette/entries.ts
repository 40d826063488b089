import type { DefinitionAnswer, ProfileSummary } from '@tessera/platform/contract'
import { paletteTexts } from '../../lib/texts-palette.ts'

/** Something that one can go to. */
export interface Entry {
  readonly key: string
  readonly label: string
  /** What kind of thing it is, or what else tells it apart. */
  readonly about: string
  readonly to: string
}

/** A page that is always there. */
export interface Place {
  readonly to: string
  readonly label: string
}

const mostOfEach = 8

/** What fits a text: pages first, then what users defined, then customers; names that begin so before those that hold it. */
export function entriesFor(
  q: string,
  around: {
    readonly places: readonly Place[]
    readonly definitions: readonly DefinitionAnswer[]
    readonly customers: readonly ProfileSummary[]
  },
): readonly Entry[] {
  const sought = q.trim().toLowerCase()
  const pages = around.places.map(({ to, label }) => ({
    key: `page ${to}`,
    label,
    about: paletteTexts.pages,
    to,
  }))
  const defined = around.definitions.flatMap(entryOf)
  return [
    ...fitting(pages, sought),
    ...(sought === '' ? [] : fitting(defined, sought).slice(0, mostOfEach)),
    ...around.customers.slice(0, mostOfEach).map(customerEntry),
  ]
}

function fitting(entries: readonly Entry[], sought: string): readonly Entry[] {
  const rank = ({ label, key, about }: Entry) => {
    const words = [label, key.slice(key.indexOf(' ') + 1), about].map((word) => word.toLowerCase())
    if (words.some((word) => word.startsWith(sought))) return 0
    return words.some((word) => word.includes(sought)) ? 1 : 2
  }
  return entries
    .map((entry) => ({ entry, rank: rank(entry) }))
    .filter((of) => of.rank < 2)
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ entry }) => entry)
}

const pages: Readonly<Record<string, (key: string, body: unknown) => string>> = {
  stream: (key) => `/streams/${key}`,
  connection: (key) => `/streams?connection=${key}`,
  mapping: (key, body) => `/mappings/${textIn(body, 'stream') ?? key}`,
  model_object: (key) => `/model/${key}`,
  ruleset: (key) => `/identity/${key}`,
  insight: (key) => `/insights/${key}`,
  segment: (key) => `/segments/${key}`,
  destination: (key) => `/destinations/${key}`,
  activation: (key) => `/activations/${key}`,
  action: (key) => `/actions/${key}`,
  decision: (key) => `/decisions/${key}`,
}

function entryOf({ kind, key, body }: DefinitionAnswer): readonly Entry[] {
  const page = pages[kind]
  if (page === undefined) return []
  const about = Object.entries(paletteTexts.kinds).find(([name]) => name === kind)?.[1] ?? kind
  return [
    { key: `${kind} ${key}`, label: textIn(body, 'label') ?? key, about, to: page(key, body) },
  ]
}

const customerEntry = ({ id, name, emails, phones }: ProfileSummary): Entry => ({
  key: `customer ${id}`,
  label: name || (emails[0] ?? id),
  about: emails[0] ?? phones[0] ?? paletteTexts.customers,
  to: `/customers/${id}`,
})

function textIn(body: unknown, name: string): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined
  const value = Object.entries(body).find(([member]) => member === name)?.[1]
  return typeof value === 'string' ? value : undefined
}
