import { type Copy, lastChange } from '../copy.ts'
import { newIdentifiers } from '../identifiers.ts'
import { dayMs, writeInstant, writeOffset } from '../instants.ts'
import type { Person } from '../person.ts'
import { between, chance, pick } from '../random.ts'
import type { OpenFile, RowFile } from '../row-file.ts'
import type { World } from '../world.ts'

const campaigns = [
  { name: 'spring-launch', daysAgo: 6 },
  { name: 'weekend-rides', daysAgo: 20 },
  { name: 'service-week', daysAgo: 34 },
  { name: 'e-bike-days', daysAgo: 55 },
  { name: 'new-colours', daysAgo: 83 },
  { name: 'winter-check', daysAgo: 140 },
  { name: 'gift-ideas', daysAgo: 205 },
  { name: 'autumn-gravel', daysAgo: 260 },
  { name: 'clearance', daysAgo: 320 },
  { name: 'summer-tour', daysAgo: 390 },
]
const links = ['/e-bikes', '/gravel', '/sale', '/service', '/p/LS-1000', '/p/LS-2554', '/stores']
const shares = { optedIn: 0.82, bounced: 0.025, opened: 0.42, clicked: 0.3 }
const columns = ['subscriber_key', 'email', 'given', 'family', 'language', 'opted_in', 'changed_at']
const eventColumns = ['id', 'subscriber_key', 'event', 'campaign', 'link', 'at']

/** The newsletter: subscribers, and what became of each mail that was sent to them. */
export function openMail(open: OpenFile, world: World) {
  const file = open(
    { path: 'mail/subscribers.tsv', format: 'csv', delimiter: '\t', encoding: 'latin-1' },
    { columns },
  )
  const addEngagement = openEngagement(open, world)
  const newId = newIdentifiers(73_205_081)
  return (person: Person, copy: Copy): string => {
    const key = `sub_${newId().toString(36)}`
    const isIn = chance(world.random, shares.optedIn)
    const changedAt = writeOffset(lastChange(copy, world))
    const { language } = person.country
    file.add(
      [key, copy.email, copy.given, copy.family, language, isIn ? 1 : 0, changedAt].join('\t'),
    )
    addEngagement(key, between(world.random, 1, isIn ? 7 : 3))
    return key
  }
}

function openEngagement(open: OpenFile, world: World) {
  const file = open(
    { path: 'mail/engagement.csv.gz', format: 'csv', delimiter: ',', encoding: 'utf-8' },
    { columns: eventColumns },
  )
  const newId = newIdentifiers(33_166_247)
  return (key: string, mails: number): void => {
    for (let i = 0; i < mails; i++) addMail(file, { key, newId }, world)
  }
}

/** One mail: it is sent; then it bounces, or is opened and perhaps clicked in, or is forgotten. */
function addMail(file: RowFile, to: { key: string; newId: () => number }, world: World): void {
  const { random, asOf } = world
  const { name, daysAgo } = pick(random, campaigns)
  let at = asOf - Math.floor((daysAgo - 0.2 * random()) * dayMs)
  const add = (event: string, link = '') =>
    file.add(`${to.newId()},${to.key},${event},${name},${link},${writeInstant(at)}`)
  const isBounced = chance(random, shares.bounced)
  add('sent')
  if (isBounced) add('bounce')
  if (isBounced || !chance(random, shares.opened)) return
  at += Math.floor(3 * random() ** 3 * dayMs)
  add('open')
  if (!chance(random, shares.clicked)) return
  at += between(random, 4_000, 240_000)
  add('click', `https://www.larkspoke.example${pick(random, links)}`)
}
