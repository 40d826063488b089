// Fields that every object has: when a record was made says little of whom it speaks.
const housekeeping: readonly string[] = ['created_at', 'last_modified_at']

/** Fields in their order, those that only keep house at the end. */
export const housekeepingLast = <Field extends { readonly field: string }>(
  fields: readonly Field[],
): readonly Field[] =>
  fields.toSorted(
    (a, b) => Number(housekeeping.includes(a.field)) - Number(housekeeping.includes(b.field)),
  )
