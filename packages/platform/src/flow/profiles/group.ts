import { join, sql, value } from '#engine'
import { modelTable } from '#model'
import type { Group } from './api.ts'
import { fieldsOf } from './cells.ts'
import { type GroupName, groupOf } from './groups.ts'
import { originIn, withOrigins } from './origins.ts'
import { peopleNamed, peopleOf, relationsOfGroup } from './relations.ts'
import { openScene, type ProfileTools } from './scene.ts'

/** Which part of a group's people is wanted. */
export interface PeoplePage {
  readonly limit?: number
  readonly offset?: number
}

/** Everything about what people have in common: its records side by side, and who is tied to it. */
export async function getGroup(
  tools: ProfileTools,
  name: GroupName,
  { limit = 50, offset = 0 }: PeoplePage = {},
): Promise<Group> {
  const scene = await openScene(tools)
  const group = await groupOf(scene, name)
  const { object, node } = group
  const keys = join(group.rows.map((row) => value(BigInt(String(row['_key'])))))
  const [rows, tied, relations] = await Promise.all([
    withOrigins(
      scene.engine,
      sql`select * from ${modelTable(object.key)} where _key in (${keys}) order by _source, id`,
    ),
    peopleOf(scene, [group], { limit, offset }),
    relationsOfGroup(scene, group),
  ])
  const people = tied.get(node.key)?.people ?? []
  const named = await peopleNamed(
    scene,
    people.map(({ profile }) => profile),
  )
  return {
    object: object.key,
    label: object.label,
    name: node.name,
    ...(node.detail === undefined ? {} : { detail: node.detail }),
    sources: rows.map((row) => ({ ...originIn(row), fields: fieldsOf(object, row) })),
    people: {
      total: relations.nodes.find(({ key }) => key === node.key)?.people ?? 0,
      shown: named.map(({ profile, name: called, detail }) => ({
        profile,
        name: called,
        ...(detail === undefined ? {} : { detail }),
        say: people.find((one) => one.profile === profile)?.say ?? '',
      })),
    },
    relations,
  }
}
