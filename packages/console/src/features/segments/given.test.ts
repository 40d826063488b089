import { expect, test } from 'vitest'
import { questionIn } from './condition.ts'
import { knownOf, missingIn, parametersIn, withParameterName } from './given.ts'

const body = {
  on: 'individual',
  parameters: { city: { type: 'text' }, least: { type: 'integer', label: 'At least', default: 3 } },
  include: {
    all: [
      { field: 'city', op: '=', value: '$city' },
      { field: 'city', op: 'in', value: ['$city', '$citys'] },
    ],
  },
}

test('parameters are read with what stands for them where nothing is given', () => {
  expect(parametersIn(body)).toMatchObject([
    { name: 'city', label: '$city', type: 'text', isList: false, otherwise: undefined },
    { name: 'least', label: 'At least', otherwise: 3 },
  ])
  expect(parametersIn({})).toEqual([])
})

test('a question is asked once every parameter has a value, and only with what it knows', () => {
  const parameters = parametersIn(body)
  expect(missingIn({}, parameters).map(({ name }) => name)).toEqual(['city'])
  expect(missingIn({ city: 'Paris' }, parameters)).toEqual([])
  expect(knownOf({ city: 'Paris', gone: 1 }, parameters)).toEqual({ city: 'Paris' })
  expect(questionIn(body)).toBeUndefined()
  expect(questionIn(body, { city: 'Paris', gone: 1 })).toMatchObject({ given: { city: 'Paris' } })
  expect(questionIn({ on: 'individual', include: { all: [] } })).not.toHaveProperty('given')
})

test('a parameter that is called otherwise is so wherever it stands', () => {
  expect(withParameterName(body, 'city', 'town')).toEqual({
    on: 'individual',
    parameters: { town: body.parameters.city, least: body.parameters.least },
    include: {
      all: [
        { field: 'city', op: '=', value: '$town' },
        { field: 'city', op: 'in', value: ['$town', '$citys'] },
      ],
    },
  })
})
