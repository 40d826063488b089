import { printDefinition } from '#definitions'
import { as, column, type Engine, join, sql } from '#engine'
import { list, object, oneOf, type Read, text, whole } from '#kernel/read.ts'
import { type Route, route } from '#kernel/route.ts'
import { type Model, modelTable } from '#model'
import { askedByDefaults, defaultRulesets, type Filled } from './defaults.ts'
import { subjects } from './definition.ts'

const defaultsSchema = list(
  object({
    ruleset: text(),
    on: oneOf(subjects),
    rules: whole({ minimum: 1 }),
    yaml: text({ description: 'The ruleset as a file: look at it, then apply it.' }),
  }),
)

/** Rulesets to start from, over the fields that have values at this moment. */
export async function proposeRulesets(
  engine: Engine,
  model: Model,
): Promise<Read<typeof defaultsSchema>> {
  return defaultRulesets(model, await filledIn(engine)).map(({ key, ...body }) => ({
    ruleset: key,
    on: body.on,
    rules: body.match.length,
    yaml: printDefinition({ kind: 'ruleset', key, body }),
  }))
}

/** Which of the fields that could be asked for have a value somewhere. */
async function filledIn(engine: Engine): Promise<Filled> {
  const tables = new Map(
    (await engine.tables('model')).map(({ name, columns }) => [name, columns.map((c) => c.name)]),
  )
  const asked = askedByDefaults.filter((address) => {
    const [of = '', field = ''] = address.split('.')
    return tables.get(of)?.includes(field)
  })
  if (asked.length === 0) return () => false
  const cells = asked.map((address) => {
    const [of = '', field = ''] = address.split('.')
    const isThere = sql`exists (select 1 from ${modelTable(of)} where trim(${column(field)}) <> '')`
    return as(isThere, column(address))
  })
  const [row = {}] = await engine.rows(sql`select ${join(cells)}`)
  return (address) => row[address] === true
}

/** The HTTP face of rulesets to start from. */
export const defaultRulesetRoutes = (tools: {
  readonly engine: Engine
  readonly model: () => Promise<Model>
}): readonly Route[] => [
  route({
    method: 'GET',
    path: '/identity/defaults',
    summary: 'Rulesets to start from, over the fields that are filled, ready to apply',
    tag: 'identity',
    may: 'read',
    answer: defaultsSchema,
    run: async () => proposeRulesets(tools.engine, await tools.model()),
  }),
]
