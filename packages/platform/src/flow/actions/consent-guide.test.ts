import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { activationKinds } from '#activation'
import type { Catalogue } from '#definitions'
import { trial } from '#definitions/testing'
import { modelOf } from '#model'
import { segmentKind } from '#segments'
import { ownForm } from './form.ts'
import { actionKind } from './kinds.ts'

const guide = readFileSync(
  join(import.meta.dirname, '../../../../../docs/guides/consent.md'),
  'utf8',
)
const blocks = [...guide.matchAll(/```ya?ml\n([\s\S]*?)```/g)].map(([, text = '']) => text)
const whole = blocks.filter((text) => text.startsWith('kind:'))
const parts = blocks.filter((text) => text.startsWith('consent:'))

// People have a mobile number here.
const field = { type: 'text' } as const
const modelIn = () =>
  modelOf([
    {
      key: 'individual',
      body: { label: 'x', subject_area: 'party', category: 'profile', fields: { mobile: field } },
    },
  ])
const shapesIn = (_: Catalogue) => ({ shapes: new Map(), problems: new Map() })
const kinds = [
  segmentKind({ modelIn, shapesIn }),
  ...activationKinds({ modelIn, shapesIn }),
  actionKind({
    modelIn,
    shapesIn,
    eventFields: () => undefined,
    problemsOfWho: () => [],
    forms: [ownForm.key],
  }),
]
const problemsOf = (text: string) => trial(kinds, text).plan.problems

test('the examples of the guide are sound', () => {
  expect(whole).toHaveLength(3)
  expect(problemsOf(whole.join('---\n'))).toEqual([])
  expect(parts).toHaveLength(2)
  for (const part of parts)
    expect(
      problemsOf(
        `kind: destination\nkey: a\ntype: file\nsettings: { folder: a, format: csv }\n${part}`,
      ),
    ).toEqual([])
})

test('what is misspelt is refused with its place', () => {
  const problems = problemsOf(
    whole.join('---\n').replace('contact_point: Mobile', 'contact_point: Mobil'),
  )
  expect(problems.map(({ code, path }) => [code, path])).toEqual([
    ['action.unknown_contact_point', 'consent.contact_point'],
  ])
})
