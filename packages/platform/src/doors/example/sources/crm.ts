import { type Copy, lastChange } from '../copy.ts'
import { eightDigits, newIdentifiers } from '../identifiers.ts'
import { dayMs, writeDate, writeInstant } from '../instants.ts'
import type { Dealer, Person } from '../person.ts'
import { writePhone } from '../phones.ts'
import { chance, pick, pickWeighted } from '../random.ts'
import { csvRow, type OpenFile } from '../row-file.ts'
import type { World } from '../world.ts'

const statuses = ['new', 'working', 'qualified', 'lost']
const statusWeights = [30, 28, 22, 20]
const origins = ['web form', 'trade fair', 'referral', 'test ride', 'newsletter']

const shape = { format: 'csv', delimiter: ',', encoding: 'utf-8' } as const

/** The sales system: dealers as accounts, people known to sales as contacts, and leads. */
export function openCrm(open: OpenFile, world: World) {
  const findAccount = openAccounts(open, world)
  return { addContact: openContacts(open, world, findAccount), addLead: openLeads(open, world) }
}

/** Answers with the account of a dealer, which is written when it is first asked for. */
function openAccounts(open: OpenFile, world: World) {
  const file = open({ ...shape, path: 'crm/accounts.csv' }, { columns: accountColumns })
  const newId = newIdentifiers(47_056_127)
  const known = new WeakMap<Dealer, string>()
  return (dealer: Dealer): string => {
    const found = known.get(dealer)
    if (found !== undefined) return found
    const id = `ACC-${eightDigits(newId())}`
    known.set(dealer, id)
    file.add(writeAccount(id, dealer, world))
    return id
  }
}

const accountColumns = [
  'id',
  'name',
  'industry',
  'domain',
  'phone',
  'employees',
  'street',
  'postal_code',
  'city',
  'country',
  'last_modified',
]

function writeAccount(id: string, dealer: Dealer, { random, asOf }: World): string {
  const { street, postcode, city, country } = dealer.address
  const cells = [
    id,
    chance(random, 0.6) ? dealer.legalName : dealer.name,
    dealer.industry,
    dealer.domain,
    writePhone(dealer.switchboard, random),
    String(dealer.employees),
    street,
    postcode,
    city.name,
    country.code,
    writeInstant(asOf - Math.floor(random() * 500 * dayMs)),
  ]
  return csvRow(cells, ',')
}

const contactColumns = [
  'id',
  'account_id',
  'first_name',
  'last_name',
  'email',
  'phone',
  'mobile',
  'street',
  'postal_code',
  'city',
  'country',
  'birth_date',
  'title',
  'last_modified',
]

function openContacts(open: OpenFile, world: World, findAccount: (dealer: Dealer) => string) {
  const file = open({ ...shape, path: 'crm/contacts.csv' }, { columns: contactColumns })
  const newId = newIdentifiers(38_196_601)
  return (person: Person, copy: Copy): string => {
    const id = `CON-${eightDigits(newId())}`
    const cells = [
      id,
      person.job ? findAccount(person.job.dealer) : '',
      copy.given,
      copy.family,
      copy.email,
      copy.phone,
      copy.mobile,
      copy.street,
      copy.postcode,
      copy.city,
      person.country.code,
      copy.bornAt === undefined ? '' : writeDate(copy.bornAt),
      person.job?.title ?? '',
      writeInstant(lastChange(copy, world)),
    ]
    file.add(csvRow(cells, ','))
    return id
  }
}

const leadColumns = [
  'id',
  'company',
  'first_name',
  'last_name',
  'email',
  'phone',
  'country',
  'status',
  'source',
  'created_at',
  'last_modified',
]

// Somebody pressed return in a comment, long before there was an export.
const badLeads = ['LEA-X0000001,Bike shop in', 'Utrecht or Zeist']

function openLeads(open: OpenFile, world: World) {
  const content = { columns: leadColumns, badRows: badLeads }
  const file = open({ ...shape, path: 'crm/leads.csv' }, content)
  const newId = newIdentifiers(61_803_401)
  const { random } = world
  return (person: Person, copy: Copy): string => {
    const id = `LEA-${eightDigits(newId())}`
    const changedAt = lastChange(copy, world)
    const cells = [
      id,
      companyOf(person, copy, world),
      copy.given,
      copy.family,
      copy.email,
      copy.phone,
      person.country.code,
      statuses[pickWeighted(random, statusWeights)] ?? '',
      pick(random, origins),
      writeInstant(changedAt - Math.floor(random() * 90 * dayMs)),
      writeInstant(changedAt),
    ]
    file.add(csvRow(cells, ','))
    return id
  }
}

function companyOf({ job }: Person, copy: Copy, { random }: World): string {
  if (!job || !copy.isAtWork) return ''
  return chance(random, 0.5) ? job.dealer.legalName : job.dealer.name
}
