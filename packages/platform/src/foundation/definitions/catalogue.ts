import { didYouMean } from '#kernel/near.ts'
import { type Definition, named, type Reference } from './definition.ts'
import { definitionFaults } from './faults.ts'
import type { KindName } from './kind.ts'

/** Definitions at one moment, read by kind: `all.find(segmentKind, 'vips')`. */
export interface Catalogue {
  readonly find: <Body>(kind: KindName<Body> | string, key: string) => Definition<Body> | undefined
  /** Refuses with the nearest name when it is not there. */
  readonly get: <Body>(kind: KindName<Body> | string, key: string) => Definition<Body>
  /** In the order of their keys. */
  readonly list: <Body>(kind: KindName<Body> | string) => readonly Definition<Body>[]
}

/** Thrown to a check that asks for a definition whose own shape is wrong: its verdict would be a guess. */
export class CannotTell extends Error {}

/** The catalogue of some definitions, each already accepted by its kind's schema. */
export function catalogueOf(
  definitions: readonly Definition[],
  broken: readonly Reference[] = [],
): Catalogue {
  const byName = new Map(definitions.map((one) => [named(one), one]))
  const byKind = Map.groupBy(
    definitions.toSorted((a, b) => (a.key < b.key ? -1 : 1)),
    ({ kind }) => kind,
  )
  const unknowable = new Set(broken.flatMap((one) => [named(one), one.kind]))
  const assertKnowable = (name: string) => {
    if (unknowable.has(name)) throw new CannotTell(name)
  }
  const find = <Body>(kind: KindName<Body> | string, key: string) => {
    const name = named({ kind: nameOf(kind), key })
    assertKnowable(name)
    // Every body was read by the schema that the kind's type was taken from.
    return byName.get(name) as Definition<Body> | undefined
  }
  return {
    find,
    get: (kind, key) => {
      const found = find(kind, key)
      if (found) return found
      const near = (byKind.get(nameOf(kind)) ?? []).map((one) => one.key)
      throw definitionFaults.unknown({ kind: nameOf(kind), key, hint: didYouMean(key, near) })
    },
    list: <Body>(kind: KindName<Body> | string) => {
      assertKnowable(nameOf(kind))
      // As above.
      return (byKind.get(nameOf(kind)) ?? []) as readonly Definition<Body>[]
    },
  }
}

const nameOf = (kind: KindName | string) => (typeof kind === 'string' ? kind : kind.kind)
