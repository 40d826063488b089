import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type {
  DefinitionAnswer,
  FoundProfiles,
  MemberPage,
  Profile,
  QueryAnswer,
  SegmentOverview,
} from '#contract'
import type { Server } from './world.ts'

// Every page of the console, as its router knows them, so that none can be forgotten.

const app = join(import.meta.dirname, '../../console/src/app')
const read = (file: string) => readFileSync(join(app, file), 'utf8')

/** The paths of all pages, such as `/streams/$key`. */
export function pathsOfConsole(): readonly string[] {
  const text = read('router.tsx')
  // Those of customers are shown in other tools' windows too, and stand by themselves.
  const paths = [...`${text}${read('customer-pages.ts')}`.matchAll(/^ {2}path: '([^']+)',$/gm)].map(
    ([, path = '']) => path,
  )
  const routes = [...text.matchAll(/ = createRoute\(/g)].length
  if (paths.length !== routes) throw new Error(`${routes} routes have ${paths.length} paths`)
  return paths
}

/** Where a page is opened: a page about one thing with the first such thing that there is. */
export async function openedAt(path: string, { call }: Pick<Server, 'call'>): Promise<string> {
  const names = path.match(/\$\w+/g) ?? []
  const finders = about[path] ?? []
  if (names.length !== finders.length)
    throw new Error(`say in console-pages.ts what the page ${path} is about`)
  const values = await Promise.all(finders.map((find) => find(call)))
  return names.reduce((at, name, i) => at.replace(name, values[i] ?? ''), path)
}

type Finder = (call: Server['call']) => Promise<string>

const first =
  (kind: string): Finder =>
  async (call) => {
    // The endpoint answers with this shape.
    const [one] = (await call('GET', `/definitions/${kind}`)) as readonly DefinitionAnswer[]
    if (!one) throw new Error(`there is no ${kind}`)
    return one.key
  }

const somebody: Finder = async (call) => {
  // The endpoint answers with this shape.
  const { profiles } = (await call('GET', '/profiles?limit=1')) as FoundProfiles
  return profiles[0]?.id ?? ''
}

// A segment of people that somebody is in.
const peopled: Finder = async (call) => {
  // The endpoint answers with this shape.
  const segments = (await call('GET', '/segments')) as readonly SegmentOverview[]
  return segments.find(({ on, members = 0 }) => on === 'individual' && members > 0)?.key ?? ''
}

const member: Finder = async (call) => {
  // The endpoint answers with this shape.
  const page = (await call('GET', `/segments/${await peopled(call)}/members?limit=1`)) as MemberPage
  return page.members[0]?.profile ?? ''
}

// An account that somebody belongs to.
const account: Finder = async (call) => {
  const sql =
    'select account_id, profile_id from account_contact where profile_id is not null limit 1'
  // The endpoints answer with these shapes.
  const { rows } = (await call('POST', '/query', { sql })) as QueryAnswer
  const profile = await call('GET', `/profiles/${rows[0]?.['profile_id']}`)
  return (profile as Profile).accounts[0]?.record ?? ''
}

const about: Readonly<Record<string, readonly Finder[]>> = {
  '/streams/$key': [first('stream')],
  '/model/$object': [async () => 'individual'],
  '/mappings/$stream': [first('mapping')],
  '/identity/$ruleset': [first('ruleset')],
  '/identity/$ruleset/profiles/$id': [first('ruleset'), somebody],
  '/customers/$id': [somebody],
  '/customers/$id/why/$segment': [member, peopled],
  '/related/$object/$record': [async () => 'account', account],
  '/insights/$key': [first('insight')],
  '/segments/$key': [first('segment')],
  '/activations/$key': [first('activation')],
  '/destinations/$key': [first('destination')],
  '/actions/$key': [first('action')],
  '/decisions/$key': [first('decision')],
}
