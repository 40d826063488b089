import { Cron } from 'croner'
import { sentenceOf } from '#kernel/fault.ts'
import { jobFaults } from './faults.ts'

/** The next time after a moment that a schedule names; refuses what is no schedule or never comes. */
export function nextTime(cron: string, timeZone: string, after: Date): Date {
  const next = tried(cron, timeZone, after)
  if (next instanceof Date) return next
  throw jobFaults.bad_schedule({ cron, timeZone, why: next })
}

function tried(cron: string, timeZone: string, after: Date): Date | string {
  const parts = cron.split(/\s+/).filter(Boolean).length
  // `@daily` and its like are names for the five.
  if (parts !== 5 && !cron.trim().startsWith('@')) return `it has ${parts} of the five parts`
  try {
    const pattern = new Cron(cron, { timezone: timeZone, paused: true, mode: '5-part' })
    return pattern.nextRun(after) ?? 'it names no time to come'
  } catch (thrown) {
    // It begins with the name of a class and may go on at length.
    const [why = ''] = sentenceOf(thrown)
      .replace(/^\w+: /, '')
      .split('. ')
    return why
  }
}
