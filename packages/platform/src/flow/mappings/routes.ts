import { type Route, route } from '#kernel/route.ts'
import { subjectAreas } from '#model'
import { formulaFunctions } from '#query'
import * as api from './api.ts'
import { modelIn } from './mappings.ts'
import { type PreviewTools, previewMapping, proposeFor } from './preview.ts'

const common = { tag: 'model', may: 'read' } as const

/** The HTTP face of the model, of mappings that are looked at, and of what formulas can do. */
export const mappingRoutes = (tools: PreviewTools): readonly Route[] => [
  route({
    ...common,
    method: 'GET',
    path: '/model',
    summary: 'All model objects by subject area, with their fields and relations',
    answer: api.modelAnswer,
    run: async () => ({
      subject_areas: subjectAreas,
      objects: modelIn(await tools.catalogue()).objects,
    }),
  }),
  route({
    ...common,
    method: 'GET',
    path: '/formula-functions',
    summary: 'The functions that formulas may use, each with an example',
    answer: api.functionsAnswer,
    run: async () =>
      formulaFunctions.map(({ name, takes, about, example }) => ({ name, takes, about, example })),
  }),
  route({
    ...common,
    method: 'POST',
    path: '/mappings/preview',
    summary: 'What a mapping would make of the first rows of its stream; nothing is kept',
    body: api.previewBody,
    answer: api.mappingPreview,
    run: ({ body }) => previewMapping(tools, body),
  }),
  route({
    ...common,
    method: 'GET',
    path: '/mappings/propose',
    summary: 'A mapping for a stream whose rows look like people, by names and values',
    query: api.proposeQuery,
    answer: api.mappingProposal,
    run: ({ query }) => proposeFor(tools, query.stream),
  }),
]
