import { describe, expect, test } from 'vitest'
import { type Audit, auditMigrations, makeAudit } from '#audit'
import { type Clock, stoppedClock } from '#kernel/clock.ts'
import type { Store } from '#store'
import { memoryStore } from '#store/testing'
import { type Catalogue, catalogueOf } from '../catalogue.ts'
import { type Definitions, type DefinitionTools, makeDefinitions } from '../definitions.ts'
import { readFiles } from '../documents.ts'
import { gatherKinds, type Kind } from '../kind.ts'
import { type Plan, planReading } from '../plan.ts'
import { definitionMigrations } from '../records.ts'
import { schemaOf } from '../schema.ts'

/** Definitions in memory, at the beginning of 2026. */
export async function memoryDefinitions(
  kinds: readonly Kind[],
  more: Pick<DefinitionTools, 'secrets'> = {},
): Promise<{
  readonly definitions: Definitions
  readonly store: Store
  readonly audit: Audit
  readonly clock: Clock
}> {
  const store = await memoryStore({ audit: auditMigrations, definitions: definitionMigrations })
  const clock = stoppedClock(new Date('2026-01-01T00:00:00Z'))
  const audit = makeAudit({ store, clock })
  return {
    definitions: makeDefinitions({ store, kinds, clock, audit, ...more }),
    store,
    audit,
    clock,
  }
}

/** What applying these YAML documents to nothing would give: the plan, and the catalogue after it. */
export function trial(
  kinds: readonly Kind[],
  text: string,
): { readonly plan: Plan; readonly catalogue: Catalogue } {
  const standing = { kinds: gatherKinds(kinds), current: [], broken: new Set<string>() }
  const plan = planReading(readFiles([{ file: 'test.yaml', text }]), standing)
  return { plan, catalogue: catalogueOf(plan.create) }
}

/** The promise of every kind: a schema that editors can use, and a sample of the right shape. */
export function describeKinds(kinds: readonly Kind[]): void {
  describe.each(kinds)('kind $kind', (kind) => {
    test('has a schema for editors', () => {
      expect(schemaOf(gatherKinds([kind]))).toHaveProperty('oneOf')
    })
    const { sample } = kind
    if (sample === undefined) return
    test('has a sample of the right shape', () => {
      const { plan } = trial([{ ...kind, check: () => [], needs: () => [] }], sample)
      expect(plan.problems).toEqual([])
      expect(plan.create.map((one) => one.kind)).toContain(kind.kind)
    })
  })
}
