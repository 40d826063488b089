import type { ContactPoint } from '../../lib/api-types.ts'
import type { IconName } from '../../ui/icons.tsx'

/** The picture of each kind of contact point. */
export const contactIcons: Readonly<Record<ContactPoint['kind'], IconName>> = {
  email: 'mail',
  phone: 'phone',
  address: 'place',
}

/** The contact point to use first: the primary one, else the one that most records know. */
export function firstOf(
  points: readonly ContactPoint[],
  kind: ContactPoint['kind'],
): ContactPoint | undefined {
  const [first] = points.filter((point) => point.kind === kind).toSorted(byUse)
  return first
}

const byUse = (a: ContactPoint, b: ContactPoint) =>
  Number(b.is_primary ?? false) - Number(a.is_primary ?? false) || b.from.length - a.from.length
