import { column, type Draft, type Engine, join, type Row, sql, value } from '#engine'
import { changeTable, publishedPositions, publishedTable, type Subject } from '#identity'
import type { ProfileTrigger, Watch } from './definition.ts'
import { fieldsToSend, type Ground, type Look, type LookAt } from './look.ts'
import { type Met, subjectId } from './met.ts'
import { mergedInto } from './people.ts'

/** What attributes can ask of a merge or a split: the id that there was, and the id of where its records are found now. */
export const profileFields = { before: 'text', after: 'text' } as const

const kindsOf = ({ profile }: ProfileTrigger) =>
  profile === 'any' ? (['merged', 'split'] as const) : [profile]

const subjectOf = ({ on = 'individual' }: ProfileTrigger): Subject => on

/** Up to where identity has told what became of profiles. */
export const profilesBegin = async (
  { engine }: Pick<Ground, 'engine'>,
  when: ProfileTrigger,
): Promise<number> => (await publishedPositions(engine)).get(subjectOf(when)) ?? 0

/** The profiles that were merged or split after a position, each as the feed of identity tells it. */
export async function lookAtProfiles(
  { engine }: Pick<Ground, 'engine'>,
  { watch, after, signal }: LookAt,
  when: ProfileTrigger,
): Promise<Look> {
  const upTo = Math.max(after, await profilesBegin({ engine }, when))
  const mets = async function* () {
    if (upTo === after) return
    const query = changesOf(when, { after, upTo })
    for await (const rows of engine.stream(query, { signal }))
      yield await withAccounts(
        engine,
        when,
        rows.map((row) => metOf(row, { watch, when })),
      )
  }
  return { upTo, mets: mets() }
}

function changesOf(
  when: ProfileTrigger,
  { after, upTo }: { readonly after: number; readonly upTo: number },
): Draft {
  const on = subjectOf(when)
  const kinds = join(kindsOf(when).map((kind) => value(kind)))
  return sql`select c.position, c.kind, c.profile, c.other, p.at from ${changeTable(on)} c
    join ${publishedTable} p on p.position = c.position and p.subject = ${value(on)}
    where c.kind in (${kinds}) and c.position > ${value(after)} and c.position <= ${value(upTo)}
    order by c.position, c.kind, c.profile, ${column('other', 'c')}`
}

function metOf(
  row: Row,
  { watch, when }: { readonly watch: Watch; readonly when: ProfileTrigger },
): Met {
  const on = subjectOf(when)
  const change = row['kind'] === 'split' ? 'split' : 'merged'
  const [profile, other] = [String(row['profile']), String(row['other'])]
  // Of a merge the profile is the one that went; of a split it is the new one, and the other is what it was part of.
  const [before, after] = change === 'merged' ? [profile, other] : [other, profile]
  const isPerson = on === 'individual'
  return {
    trigger: 'profile',
    cause: isPerson ? before : subjectId(on, before),
    // As the feed names it.
    occurrence: [row['position'], on, change, profile, other].join('.'),
    holds: true,
    at: new Date(String(row['at'])),
    ...(isPerson ? { profile: after } : { subject: subjectId(on, after) }),
    people: [after],
    data: Object.fromEntries(
      fieldsToSend(watch).map(({ as, field }) => [as, field === 'before' ? before : after]),
    ),
    change,
  }
}

/** Accounts under all ids that they had; people get theirs where all others do. */
async function withAccounts(
  engine: Engine,
  when: ProfileTrigger,
  mets: readonly Met[],
): Promise<readonly Met[]> {
  const on = subjectOf(when)
  if (on === 'individual') return mets
  const ids = mets.flatMap(({ people }) => people)
  const merged = await mergedInto(engine, [...new Set(ids)], on)
  return mets.map((met) => ({
    ...met,
    people: met.people
      .flatMap((id) => [id, ...(merged.get(id) ?? [])])
      .map((id) => subjectId(on, id)),
  }))
}
