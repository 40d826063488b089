import type { Engine } from '#engine'
import { prepareUnified } from '#identity'
import { type Model, modelTable, shapeModelTable } from '#model'
import type { FoundProfiles, Profile, Timeline, Who } from './api.ts'
import { profileFaults } from './faults.ts'
import {
  bestOf,
  byEmail,
  byPhone,
  byRecord,
  bySearch,
  type Candidates,
  everybody,
  type Page,
  resolve,
  resolved,
} from './find.ts'
import { getProfile } from './profile.ts'
import { on, openScene, type ProfileTools } from './scene.ts'
import { type TimelinePage, timelineOf } from './timeline.ts'

/** People as they are, read in one go. */
export interface Profiles {
  /** Everything about a profile; ids that were merged lead to the one that took them in. */
  readonly get: (id: string) => Promise<Profile>
  /** The id that an id stands for now. */
  readonly byId: (id: string) => Promise<string>
  /** Profiles with a record that this stream or source calls so. */
  readonly byRecord: (source: string, id: string) => Promise<FoundProfiles>
  readonly byEmail: (email: string) => Promise<FoundProfiles>
  readonly byPhone: (phone: string, country?: string) => Promise<FoundProfiles>
  /** By name, e-mail, telephone number or id, whatever case and accents; everybody when the text is empty. */
  readonly search: (text: string, page?: Page) => Promise<FoundProfiles>
  /** Whom somebody means by an id, an e-mail, a telephone number, `stream:id` or a name. */
  readonly who: (text: string) => Promise<Who>
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
    byRecord: (source, id) => found(byRecord(source, id)),
    byEmail: (email) => found(byEmail(email)),
    byPhone: (phone, country) => found(byPhone(engine, phone, country)),
    search: async (text, page) => {
      await prepared()
      if (text.trim() === '') return everybody(engine, page ?? {})
      return bestOf(engine, await bySearch(engine, text), page)
    },
    timeline: async (id, page = {}) => {
      await prepared()
      const [scene, profile] = await Promise.all([openScene(tools), resolve(engine, id)])
      return timelineOf(scene, profile, page)
    },
  }
  return { ...profiles, who: whoBy(profiles, idOf) }
}

// Somebody may ask before the first run.
async function prepareReading(engine: Engine, model: Model): Promise<void> {
  await prepareUnified(engine, model, on)
  const existing = (await engine.tables('model')).some(({ name }) => name === on)
  if (existing) return
  await engine.change(modelTable(on).name, (writer) => shapeModelTable(writer, model.get(on), []))
}

/** Does something the first time; a failure does not count. */
function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => {
    done ??= work().catch((thrown) => {
      done = undefined
      throw thrown
    })
    return done
  }
}

type Finder = (text: string, profiles: Omit<Profiles, 'who'>) => Promise<FoundProfiles>

// What a text looks like, and how it is then looked up; what is found by none of them is looked up as a name.
const looks: readonly (readonly [RegExp, Finder])[] = [
  [/^[^@\s]+@[^@\s]+$/, (text, { byEmail: find }) => find(text)],
  [/^[a-z][a-z0-9_]*:./, (text, { byRecord: find }) => find(...recordIn(text))],
  [/^[+(\d][\d ()/.-]{5,}$/, (text, { byPhone: find }) => find(text)],
]

/** A record as people write it: `stream:id`. */
export function recordIn(text: string): readonly [source: string, id: string] {
  const colon = text.indexOf(':')
  return [text.slice(0, Math.max(colon, 0)), text.slice(colon + 1)]
}

const whoBy =
  (profiles: Omit<Profiles, 'who'>, idOf: (text: string) => Promise<string | undefined>) =>
  async (asked: string): Promise<Who> => {
    const text = asked.trim()
    if (text === '') throw profileFaults.nobody({ who: 'an empty text' })
    const id = await idOf(text)
    if (id !== undefined) return { profile: await profiles.get(text), candidates: [] }
    const find = looks.find(([look]) => look.test(text))?.[1]
    const exact = await find?.(text, profiles)
    const found = exact?.total ? exact : await profiles.search(text, { limit: 20 })
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
