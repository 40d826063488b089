import type { Catalogue } from '#definitions'
import { anything, list, object, record, text } from '#kernel/read.ts'
import { type Route, route } from '#kernel/route.ts'
import { subjectAreas } from '#model'
import { formulaFunctions } from '#query'
import { modelIn } from './mappings.ts'

const common = { tag: 'model', may: 'read' } as const

/** The HTTP face of the model and of what formulas can do. */
export const mappingRoutes = (catalogue: () => Promise<Catalogue>): readonly Route[] => [
  route({
    ...common,
    method: 'GET',
    path: '/model',
    summary: 'All model objects by subject area, with their fields and relations',
    answer: object({ subject_areas: record(text()), objects: list(record(anything())) }),
    run: async () => ({ subject_areas: subjectAreas, objects: modelIn(await catalogue()).objects }),
  }),
  route({
    ...common,
    method: 'GET',
    path: '/formula-functions',
    summary: 'The functions that formulas may use, each with an example',
    answer: list(
      object({ name: text(), takes: text(), about: text(), example: record(anything()) }),
    ),
    run: async () =>
      formulaFunctions.map(({ name, takes, about, example }) => ({ name, takes, about, example })),
  }),
]
