import { type Copy, lastChange } from '../copy.ts'
import { newIdentifiers } from '../identifiers.ts'
import { dayMs, writeMillis } from '../instants.ts'
import type { Person } from '../person.ts'
import { chance, pick, pickCommon, pickWeighted } from '../random.ts'
import type { OpenFile } from '../row-file.ts'
import type { World } from '../world.ts'

const subjects = [
  'Where is my order?',
  'Return request',
  'Wrong size delivered',
  'Invoice missing',
  'Brake squeaks',
  'Battery does not charge',
  'Warranty claim',
  'Change of address',
  'Spare part wanted',
  'Gear slips',
  'Voucher does not work',
  'Question about delivery',
  'Test ride appointment',
  'Delete my data',
]
const priorities = ['normal', 'low', 'high', 'urgent']
const priorityWeights = [60, 22, 14, 4]
const casesPerRequester = [63, 27, 7, 3]
const shareThatGivesCustomerNumber = 0.35

// The line broke off when the disk was full.
const badCases = ['{"id":"CASE-0","requester_id":"12","subject":"Where is my or']

/** The service desk: people who asked, and what they asked. */
export function openDesk(open: OpenFile, world: World) {
  const file = open({
    path: 'desk/requesters.json',
    format: 'json',
    delimiter: null,
    encoding: 'utf-8',
  })
  const addCases = openCases(open, world)
  const newId = newIdentifiers(54_018_521)
  return (person: Person, copy: Copy, customerId: string | undefined): string => {
    const id = String(newId())
    const givesNumber = chance(world.random, shareThatGivesCustomerNumber)
    const requester = {
      id,
      name: `${copy.given} ${copy.family}`,
      email: copy.email || null,
      phone: copy.phone || null,
      locale: `${person.country.language}-${person.country.code}`,
      customer_number: (givesNumber && customerId) || null,
      updated_at: writeMillis(lastChange(copy, world)),
    }
    file.add(JSON.stringify(requester))
    addCases(id)
    return id
  }
}

function openCases(open: OpenFile, world: World) {
  const file = open(
    { path: 'desk/cases.ndjson', format: 'ndjson', delimiter: null, encoding: 'utf-8' },
    { badRows: badCases },
  )
  const newId = newIdentifiers(27_182_819)
  return (requesterId: string): void => {
    const count = pickWeighted(world.random, casesPerRequester)
    for (let i = 0; i < count; i++)
      file.add(JSON.stringify(newCase(`CASE-${newId()}`, requesterId, world)))
  }
}

function newCase(id: string, requesterId: string, { random, asOf }: World) {
  const openedAt = asOf - Math.floor(700 * random() ** 2 * dayMs)
  const closedAt = openedAt + Math.floor(9 * random() ** 2 * dayMs)
  const isClosed = closedAt < asOf && chance(random, 0.93)
  return {
    id,
    requester_id: requesterId,
    subject: pickCommon(random, subjects),
    status: isClosed
      ? pick(random, ['solved', 'closed'])
      : pick(random, ['new', 'open', 'pending']),
    priority: priorities[pickWeighted(random, priorityWeights)],
    opened_at: writeMillis(openedAt),
    closed_at: isClosed ? writeMillis(closedAt) : null,
  }
}
