import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import type { CompanyFile, CompanyManifest } from './index.ts'
import { generateCompany } from './index.ts'

const people = 2000
const asOf = new Date('2026-03-01T12:00:00Z')
const newFolder = () => mkdtempSync(join(tmpdir(), 'company-'))
const folder = newFolder()
let company: CompanyManifest

beforeAll(async () => {
  company = await generateCompany({ folder, people, seed: 1, asOf })
})

function bytesOf(path: string, from = folder): Buffer {
  const bytes = readFileSync(join(from, path))
  return path.endsWith('.gz') ? gunzipSync(bytes) : bytes
}

/** The rows as text, without the header and without the brackets of an array. */
function rowsOf(path: string): readonly string[] {
  const { format, encoding } = fileOf(path)
  const lines = bytesOf(path)
    .toString(encoding === 'latin-1' ? 'latin1' : 'utf8')
    .trim()
    .split('\n')
  if (format === 'json') return lines.slice(1, -1)
  return format === 'csv' ? lines.slice(1) : lines
}

const fileOf = (path: string): CompanyFile => company.files.find((file) => file.path === path)!

/** Rows without quoted cells, or of which only the cells before those are wanted. */
const cellsOf = (path: string): readonly (readonly string[])[] =>
  rowsOf(path).map((row) => row.split(fileOf(path).delimiter!))

// What the rows hold is written in the sources; a test may take it as read.
const objectsOf = (path: string): readonly Record<string, string | number | null>[] =>
  rowsOf(path).map((row) => JSON.parse(row.replace(/,$/, '')))

describe('the same again', () => {
  test('one seed gives the same files, byte for byte', async () => {
    const again = newFolder()
    const manifest = await generateCompany({ folder: again, people, seed: 1, asOf })
    expect(manifest).toEqual(company)
    for (const path of ['manifest.json', ...company.files.map((file) => file.path)]) {
      const [first, second] = [folder, again].map((from) => readFileSync(join(from, path)))
      expect(first!.equals(second!), path).toBe(true)
    }
  })

  test('another seed gives other people', async () => {
    const other = newFolder()
    await generateCompany({ folder: other, people: 50, seed: 2, asOf })
    expect(bytesOf('shop/customers.csv', other).toString()).not.toContain(
      rowsOf('shop/customers.csv')[0]!,
    )
  })

  test('another day gives as many of everything', async () => {
    const later = { folder: newFolder(), people, seed: 1, asOf: new Date('2031-11-20T01:02:03Z') }
    const { files, records, people: persons } = await generateCompany(later)
    expect({ files, records, persons }).toEqual({
      files: company.files,
      records: company.records,
      persons: company.people,
    })
  })
})

describe('the manifest', () => {
  test('counts the rows of every file', () => {
    for (const { path, rows, badRows } of company.files)
      expect(rowsOf(path).length, path).toBe(rows + badRows)
  })

  test('is written beside the files', () => {
    expect(JSON.parse(bytesOf('manifest.json').toString())).toEqual(company)
  })

  test('has as many records as were asked for, of fewer people', () => {
    expect(Object.values(company.records).reduce((sum, rows) => sum + rows, 0)).toBe(people)
    expect(company.people).toBeLessThan(people / 2)
  })

  test('names the bad rows, which are few', () => {
    const bad = company.files.filter(({ badRows }) => badRows > 0)
    expect(bad.map(({ path, badRows }) => `${path} ${badRows}`)).toEqual([
      'crm/leads.csv 2',
      'shop/customers.csv 2',
      'desk/cases.ndjson 1',
    ])
  })

  test('keeps the shape of the business', () => {
    const perRecord = (count: number) => count / people
    expect(perRecord(company.orders)).toBeGreaterThan(0.9)
    expect(perRecord(company.orders)).toBeLessThan(1.6)
    expect(company.orderLines / company.orders).toBeCloseTo(1.8, 0)
    expect(perRecord(company.cases)).toBeCloseTo(0.08, 1)
    expect(company.mailEvents / company.records.mail_subscribers).toBeCloseTo(5.8, 0)
    expect(company.webEvents / company.records.shop_customers).toBeGreaterThan(4)
  })
})

describe('the truth', () => {
  const ids = (): readonly string[] => [
    ...cellsOf('crm/contacts.csv').map(([id]) => `crm_contacts ${id}`),
    ...cellsOf('crm/leads.csv').map(([id]) => `crm_leads ${id}`),
    ...cellsOf('shop/customers.csv').map(([id]) => `shop_customers ${id}`),
    ...objectsOf('desk/requesters.json').map(({ id }) => `desk_requesters ${id}`),
    ...cellsOf('mail/subscribers.tsv').map(([id]) => `mail_subscribers ${id}`),
  ]

  test('has each good record once, and no bad one', () => {
    const truth = cellsOf('truth.csv').map(([source, id]) => `${source} ${id}`)
    expect(new Set(truth).size).toBe(people)
    const found = ids()
    expect(new Set(found).size).toBe(found.length)
    const beyond = found.filter((id) => !new Set(truth).has(id))
    expect(beyond).toHaveLength(
      fileOf('crm/leads.csv').badRows + fileOf('shop/customers.csv').badRows,
    )
    expect(new Set([...truth, ...found]).size).toBe(found.length)
  })

  test('is found by e-mail in most cases but not in all, and sometimes wrongly', () => {
    const pairs = pairsOf(mailboxes())
    const same = pairs.filter(([a, b]) => a.person === b.person)
    const alike = pairs.filter(([a, b]) => a.email === b.email)
    const found = same.filter(([a, b]) => a.email === b.email)
    expect(found.length / same.length).toBeGreaterThan(0.55)
    expect(found.length / same.length).toBeLessThan(0.9)
    expect(alike.length).toBeGreaterThan(found.length)
  })

  /** The e-mails of customers and subscribers, and whose they are. */
  function mailboxes(): readonly Mailbox[] {
    const truth = new Map(cellsOf('truth.csv').map(([, id, person]) => [id!, person!]))
    return [...cellsOf('shop/customers.csv'), ...cellsOf('mail/subscribers.tsv')]
      .map(([id, email]) => ({ person: truth.get(id!), email: email!.toLowerCase() }))
      .filter(({ person }) => person !== undefined)
  }
})

interface Mailbox {
  readonly person: string | undefined
  readonly email: string
}

const pairsOf = (all: readonly Mailbox[]): readonly (readonly [Mailbox, Mailbox])[] =>
  all.flatMap((a, i) => all.slice(i + 1).map((b) => [a, b] as const))

describe('the rows', () => {
  test('orders are the sums of their lines, to the cent', () => {
    const totals = new Map<string, number>()
    for (const [order, , , quantity, price, total] of cellsOf('shop/order-lines.csv.gz')) {
      expect(Math.round(Number(price) * 100) * Number(quantity)).toBe(
        Math.round(Number(total) * 100),
      )
      totals.set(order!, (totals.get(order!) ?? 0) + Math.round(Number(total) * 100))
    }
    const orders = objectsOf('shop/orders.ndjson.gz')
    expect(totals.size).toBe(orders.length)
    for (const { order_id, total } of orders)
      expect(Math.round(Number(total) * 100)).toBe(totals.get(String(order_id)))
  })

  test('what points elsewhere points at something', () => {
    const first = (path: string) => new Set(cellsOf(path).map(([id]) => id))
    const customers = first('shop/customers.csv')
    const users = objectsOf('web/events.ndjson.gz').map(({ user_id }) => user_id)
    const owners = objectsOf('shop/orders.ndjson.gz').map(({ customer_id }) => customer_id)
    const numbers = objectsOf('desk/requesters.json').map((row) => row['customer_number'])
    const pointers = [...users, ...owners, ...numbers].filter((id) => id !== null)
    expect(pointers.filter((id) => !customers.has(String(id)))).toEqual([])
    const accounts = cellsOf('crm/contacts.csv').flatMap(([, account]) => account || [])
    expect(accounts.length).toBeGreaterThan(20)
    expect(accounts.filter((id) => !first('crm/accounts.csv').has(id))).toEqual([])
    const mailed = cellsOf('mail/engagement.csv.gz').map(([, key]) => key)
    const subscribers = first('mail/subscribers.tsv')
    expect(mailed.filter((key) => !subscribers.has(key))).toEqual([])
  })

  test('nothing happened after today, and much in the last ninety days', () => {
    const times = [
      ...objectsOf('shop/orders.ndjson.gz').map((row) => row['ordered_at']),
      ...objectsOf('web/events.ndjson.gz').map((row) => row['at']),
      ...cellsOf('mail/engagement.csv.gz').map(([, , , , , at]) => at),
    ].map((text) => Date.parse(String(text)))
    expect(Math.max(...times)).toBeLessThanOrEqual(asOf.getTime())
    const lately = times.filter((at) => at > asOf.getTime() - 90 * 86_400_000)
    expect(lately.length / times.length).toBeGreaterThan(0.3)
  })

  test('bad rows are broken', () => {
    const isShort = (row: readonly string[]) => row.length < 11
    expect(cellsOf('crm/leads.csv').filter(isShort)).toHaveLength(2)
    const isUndated = (row: readonly string[]) => Number.isNaN(Date.parse(row.at(-2)!))
    expect(cellsOf('shop/customers.csv').filter(isUndated)).toHaveLength(2)
    expect(rowsOf('desk/cases.ndjson').filter((row) => !row.endsWith('}'))).toHaveLength(1)
  })
})

test('progress is told until the end', async () => {
  const told: number[] = []
  const progress = (records: number) => told.push(records)
  await generateCompany({ folder: newFolder(), people: 20, asOf, progress })
  expect(told.at(-1)).toBe(20)
})

test.each([0, -1, 1.5])('%d people are refused', async (few) => {
  const refused = generateCompany({ folder: newFolder(), people: few, asOf })
  await expect(refused).rejects.toThrow('at least one person')
})
