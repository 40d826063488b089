import type { Engine } from '#engine'
import { stoppedClock } from '#kernel/clock.ts'
import type { Model } from '#model'
import type { Ruleset } from '../definition.ts'
import { type RunResult, runIdentity } from '../run.ts'

/** Runs identity over what is in the model tables, at the first second of 2026; keeps no history of runs. */
export const unify = (engine: Engine, model: Model, ruleset: Ruleset): Promise<RunResult> =>
  runIdentity({ engine, model, ruleset, clock: stoppedClock(new Date('2026-01-01T00:00:00Z')) })
