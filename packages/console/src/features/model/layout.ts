import type { ModelObjectFacts } from '../../lib/model.ts'

/** Where an object stands in the diagram. */
export interface Place {
  readonly x: number
  readonly y: number
}

/** The sizes that the diagram keeps to. */
export const sizes = { width: 210, height: 54, across: 90, between: 14, head: 34 } as const

/** Objects in columns, one for each subject area; those that lead to many others stand first. */
export function layOut(
  objects: readonly ModelObjectFacts[],
  areas: readonly string[],
): ReadonlyMap<string, Place> {
  const referred = new Map<string, number>()
  for (const { fields } of objects)
    for (const { links_to: to } of Object.values(fields))
      if (to !== undefined) referred.set(to, (referred.get(to) ?? 0) + 1)
  const columns = areas
    .map((area) => objects.filter((of) => of.subject_area === area))
    .filter((column) => column.length > 0)
  return new Map(
    columns.flatMap((column, x) =>
      column
        .toSorted((a, b) => (referred.get(b.key) ?? 0) - (referred.get(a.key) ?? 0))
        .map(({ key }, y): [string, Place] => [
          key,
          {
            x: x * (sizes.width + sizes.across),
            y: sizes.head + y * (sizes.height + sizes.between),
          },
        ]),
    ),
  )
}

/** Which object leads to which, once however many fields do. */
export function relationsOf(
  objects: readonly ModelObjectFacts[],
): readonly { readonly from: string; readonly to: string; readonly fields: readonly string[] }[] {
  const known = new Set(objects.map(({ key }) => key))
  return objects.flatMap(({ key, fields }) => {
    const links = Object.entries(fields).flatMap(([field, { links_to: to }]) =>
      to === undefined || !known.has(to) || to === key ? [] : [{ to, field }],
    )
    return [...Map.groupBy(links, ({ to }) => to)].map(([to, of]) => ({
      from: key,
      to,
      fields: of.map(({ field }) => field),
    }))
  })
}
