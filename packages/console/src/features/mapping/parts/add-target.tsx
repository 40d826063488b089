import { Select } from '@mantine/core'
import type { ModelObjectFacts } from '../../../lib/model.ts'
import { texts } from '../../../lib/texts.ts'

const words = texts.mapping.target

/** Chooses one more object to fill. */
export function AddTarget({
  objects,
  onAdd,
}: {
  objects: readonly ModelObjectFacts[]
  onAdd: (object: string) => void
}) {
  return (
    <Select
      label={words.add}
      placeholder={words.addHint}
      data={objects.map(({ key, label }) => ({ value: key, label }))}
      value={null}
      searchable
      onChange={(object) => object !== null && onAdd(object)}
      maw={340}
    />
  )
}
