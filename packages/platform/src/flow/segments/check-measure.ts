import type { FieldType } from '#kernel/scalar.ts'
import type { Related } from './definition.ts'
import { follow, type ObjectSubject, type Subjects } from './subjects.ts'

/** The type of what a measure over related rows gives; undefined when its field is not there. */
export function measureType(
  { measure, of }: Pick<Related, 'measure' | 'of'>,
  object: ObjectSubject,
  model: Subjects['model'],
): FieldType | undefined {
  if (measure === 'count' || measure === 'count_distinct') return 'integer'
  if (measure === 'avg') return 'number'
  const led = of === undefined ? undefined : follow(of, object, model)
  return led && 'type' in led ? led.type : undefined
}
