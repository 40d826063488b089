import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newStaff } from './dealers.ts'
import type { PersonSource } from './error-rates.ts'
import { copyWithErrors } from './errors.ts'
import { newHousehold } from './households.ts'
import { eightDigits, newIdentifiers } from './identifiers.ts'
import { type CompanyFile, type CompanyManifest, companyName } from './manifest.ts'
import type { Person } from './person.ts'
import { drawPlacement } from './placement.ts'
import { chance } from './random.ts'
import { openSources, type Sources } from './sources/sources.ts'
import { openWorld, type World } from './world.ts'

/** What company to make. The same people, seed and day give the same files, byte for byte. */
export interface CompanyOptions {
  /** Made if it is not there; files of the same names are written over. */
  readonly folder: string
  /** Records of persons, over all sources; the persons behind them are fewer. */
  readonly people?: number
  readonly seed?: number
  /** Today: everything in the files happened before. */
  readonly asOf: Date
  /** Told now and then how many records of persons have been written. */
  readonly progress?: (records: number) => void
}

const shareOfDealers = 0.055
const familiesPerPause = 500

/** Writes the files of an invented maker of bicycles, as its five systems would export them. */
export async function generateCompany(options: CompanyOptions): Promise<CompanyManifest> {
  const { folder, people = 20_000, seed = 1, asOf, progress = () => {} } = options
  if (!Number.isInteger(people) || people < 1)
    throw new RangeError(`an example needs at least one person, not ${people}`)
  mkdirSync(folder, { recursive: true })
  const world = openWorld({ seed, people, asOf })
  const sources = openSources(folder, world)
  const written = await writePeople(people, { world, sources, progress })
  const files = await sources.close()
  const manifest = manifestOf(files, { seed, asOf: asOf.toISOString(), people: written })
  writeFileSync(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  return manifest
}

interface Workshop {
  readonly world: World
  readonly sources: Sources
  readonly progress: (records: number) => void
}

/** Writes families and staffs until there are enough records; answers with the count of persons. */
async function writePeople(
  records: number,
  { world, sources, progress }: Workshop,
): Promise<number> {
  const newId = newIdentifiers(86_028_121)
  let left = records
  let persons = 0
  for (let families = 1; left > 0; families++) {
    const isDealer = chance(world.random, shareOfDealers)
    for (const person of isDealer ? newStaff(world) : newHousehold(world)) {
      if (left === 0) break
      const placement = drawPlacement(person.job ? 'dealer' : 'consumer', world.random)
      const placed = placement.slice(0, left)
      writePerson(person, { id: `P-${eightDigits(newId())}`, placed }, { world, sources })
      left -= placed.length
      persons++
    }
    if (families % familiesPerPause > 0) continue
    await sources.catchUp()
    progress(records - left)
  }
  progress(records)
  return persons
}

function writePerson(
  person: Person,
  { id, placed }: { id: string; placed: readonly PersonSource[] },
  { world, sources }: Pick<Workshop, 'world' | 'sources'>,
): void {
  let customerId: string | undefined
  for (const source of placed) {
    const copy = copyWithErrors(person, source, world.random)
    const recordId = sources.add[source](person, copy, customerId)
    if (source === 'shop_customers') customerId = recordId
    sources.addTruth(source, recordId, id)
  }
}

function manifestOf(
  files: readonly CompanyFile[],
  of: Pick<CompanyManifest, 'seed' | 'asOf' | 'people'>,
): CompanyManifest {
  const rows = (path: string) => files.find((file) => file.path === path)?.rows ?? 0
  return {
    company: companyName,
    ...of,
    records: {
      crm_contacts: rows('crm/contacts.csv'),
      crm_leads: rows('crm/leads.csv'),
      shop_customers: rows('shop/customers.csv'),
      desk_requesters: rows('desk/requesters.json'),
      mail_subscribers: rows('mail/subscribers.tsv'),
    },
    accounts: rows('crm/accounts.csv'),
    products: rows('shop/products.csv'),
    orders: rows('shop/orders.ndjson.gz'),
    orderLines: rows('shop/order-lines.csv.gz'),
    cases: rows('desk/cases.ndjson'),
    mailEvents: rows('mail/engagement.csv.gz'),
    webEvents: rows('web/events.ndjson.gz'),
    files,
  }
}
