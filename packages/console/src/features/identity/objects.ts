import { textAt } from '../../lib/body.ts'
import type { Form, Option } from '../../lib/form.ts'

/** The objects that say something of those that are unified: their own, and those that link to it. */
export function objectOptions({ body, objects }: Form): readonly Option[] {
  const on = textAt(body, ['on'])
  return objects
    .filter(
      ({ key, fields }) =>
        key === on || Object.values(fields).some(({ links_to }) => links_to === on),
    )
    .map(({ key, label }) => ({ value: key, label }))
}
