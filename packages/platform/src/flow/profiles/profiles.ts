import type { Engine } from '#engine'
import { prepareUnified } from '#identity'
import { type Model, modelTable, shapeModelTable } from '#model'
import type { FoundProfiles, Group, Profile, Relations, Timeline, Who } from './api.ts'
import { profileFaults } from './faults.ts'
import {
  bestOf,
  byEmail,
  byPhone,
  byRecord,
  type Candidates,
  everybody,
  type Page,
  readOf,
  resolve,
  resolved,
  search,
  spaceOf,
} from './find.ts'
import { getGroup, type PeoplePage } from './group.ts'
import type { GroupName } from './groups.ts'
import { getProfile } from './profile.ts'
import { relationsOf } from './relations.ts'
import { on, openScene, type ProfileTools } from './scene.ts'
import { type TimelinePage, timelineOf } from './timeline.ts'

/** People as they are, read in one go. */
export interface Profiles {
  /** Everything about a profile; ids that were merged lead to the one that took them in. */
  readonly get: (id: string) => Promise<Profile>
  /** The id that an id stands for now. */
  readonly byId: (id: string) => Promise<string>
  /** The data space that a profile is in. */
  readonly spaceOf: (id: string) => Promise<string>
  /** Profiles with a record that this stream or source calls so. */
  readonly byRecord: (source: string, id: string, page?: Page) => Promise<FoundProfiles>
  readonly byEmail: (email: string, page?: Page) => Promise<FoundProfiles>
  readonly byPhone: (phone: string, country?: string, page?: Page) => Promise<FoundProfiles>
  /** By name, e-mail, telephone number or id, whatever case and accents; everybody when the text is empty. */
  readonly search: (text: string, page?: Page) => Promise<FoundProfiles>
  /** Whom somebody means by an id, an e-mail, a telephone number, `stream:id` or a name. */
  readonly who: (text: string, page?: Pick<Page, 'within'>) => Promise<Who>
  /** Whom somebody has to do with: accounts and groups, their people, and who is reached where they are. */
  readonly relations: (id: string) => Promise<Relations>
  /** What several people have in common, such as an account, by a record of it. */
  readonly group: (name: GroupName, page?: PeoplePage) => Promise<Group>
  readonly timeline: (id: string, page?: TimelinePage) => Promise<Timeline>
}

/** The verbs of profiles. */
export function makeProfiles(tools: ProfileTools): Profiles {
  const { engine } = tools
  const prepared = once(async () => prepareReading(engine, await tools.model()))
  const found = async (candidates: Candidates | Promise<Candidates>, page?: Page) => {
    await prepared()
    return bestOf(engine, await candidates, page)
  }
  const idOf = async (text: string) => {
    await prepared()
    return resolved(engine, text)
  }
  const profiles: Omit<Profiles, 'who'> = {
    get: async (id) => {
      await prepared()
      return getProfile(tools, id)
    },
    byId: async (id) => {
      await prepared()
      return resolve(engine, id)
    },
    spaceOf: async (id) => {
      await prepared()
      return spaceOf(engine, id)
    },
    byRecord: (source, id, page) => found(byRecord(source, id), page),
    byEmail: (email, page) => found(byEmail(email), page),
    byPhone: (phone, country, page) => found(byPhone(engine, phone, country), page),
    relations: async (id) => {
      await prepared()
      return relationsOf(tools, id)
    },
    group: async (name, page) => {
      await prepared()
      return getGroup(tools, name, page)
    },
    search: async (text, page) => {
      await prepared()
      if (text.trim() === '') return everybody(engine, page ?? {})
      return search(engine, text, page)
    },
    timeline: async (id, page = {}) => {
      await prepared()
      const scene = await openScene(tools)
      return readOf(engine, id, (profile) => timelineOf(scene, profile, page))
    },
  }
  return { ...profiles, who: whoBy(profiles, idOf) }
}

/** Makes what is read, empty where nothing has been made yet: somebody may ask before the first run. */
export async function prepareReading(engine: Engine, model: Model): Promise<void> {
  await prepareUnified(engine, model, on)
  const existing = (await engine.tables('model')).some(({ name }) => name === on)
  if (existing) return
  await engine.change(modelTable(on).name, (writer) => shapeModelTable(writer, model.get(on), []))
}

/** Does something the first time; a failure does not count. */
export function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => {
    done ??= work().catch((thrown) => {
      done = undefined
      throw thrown
    })
    return done
  }
}

type Finder = (text: string, profiles: Omit<Profiles, 'who'>, page: Page) => Promise<FoundProfiles>

// What a text looks like, and how it is then looked up; what is found by none of them is looked up as a name.
const looks: readonly (readonly [RegExp, Finder])[] = [
  [/^[^@\s]+@[^@\s]+$/, (text, { byEmail: find }, page) => find(text, page)],
  [/^[a-z][a-z0-9_]*:./, (text, { byRecord: find }, page) => find(...recordIn(text), page)],
  [/^[+(\d][\d ()/.-]{5,}$/, (text, { byPhone: find }, page) => find(text, undefined, page)],
]

/** A record as people write it: `stream:id`. */
export function recordIn(text: string): readonly [source: string, id: string] {
  const colon = text.indexOf(':')
  return [text.slice(0, Math.max(colon, 0)), text.slice(colon + 1)]
}

const whoBy =
  (profiles: Omit<Profiles, 'who'>, idOf: (text: string) => Promise<string | undefined>) =>
  async (asked: string, { within }: Pick<Page, 'within'> = {}): Promise<Who> => {
    const text = asked.trim()
    if (text === '') throw profileFaults.nobody({ who: 'an empty text' })
    const id = await idOf(text)
    const isInside = within === undefined || (id && (await profiles.spaceOf(id)) === within)
    if (id !== undefined && isInside) return { profile: await profiles.get(text), candidates: [] }
    const find = looks.find(([look]) => look.test(text))?.[1]
    const exact = await find?.(text, profiles, { within })
    const found = exact?.total ? exact : await profiles.search(text, { limit: 20, within })
    return whoOf(profiles, found, asked)
  }

/** The only one that was found in full, or several to choose from. */
export async function whoOf(
  { get }: Pick<Profiles, 'get'>,
  { profiles, total }: FoundProfiles,
  asked: string,
): Promise<Who> {
  const [first] = profiles
  if (!first) throw profileFaults.nobody({ who: asked })
  return total > 1 ? { candidates: profiles } : { profile: await get(first.id), candidates: [] }
}
