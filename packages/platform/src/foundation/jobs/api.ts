import { anything, list, object, oneOf, optional, type Read, text, whole } from '#kernel/read.ts'

/** Where a job stands. */
export const jobStates = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const
export type JobState = (typeof jobStates)[number]

/** How far a job got; without `total` nobody knows how much there is. */
export const progress = object({
  done: whole({ minimum: 0 }),
  total: optional(whole({ minimum: 0 })),
  note: optional(text()),
})
export type Progress = Read<typeof progress>

/** Why the last attempt did not succeed. */
export const jobFault = object({ code: text(), say: text() })
export type JobFault = Read<typeof jobFault>

/** One piece of durable work. */
export const job = object({
  id: text(),
  kind: text(),
  key: optional(text({ description: 'At most one job of a kind and key waits or runs.' })),
  payload: anything(),
  state: oneOf(jobStates),
  attempt: whole({ description: 'How many attempts have begun.' }),
  maxAttempts: whole(),
  runAt: text({ description: 'Not before this time.' }),
  createdAt: text(),
  startedAt: optional(text()),
  finishedAt: optional(text()),
  progress: optional(progress),
  result: optional(anything()),
  fault: optional(jobFault),
})
export type Job = Read<typeof job>

/** Which jobs to list, newest first. */
export const jobQuery = object({
  state: optional(oneOf(jobStates)),
  kind: optional(text()),
  before: optional(text({ description: 'Only jobs made before the one with this id.' })),
  limit: optional(whole({ minimum: 1, maximum: 1000, description: '100 unless given.' })),
})
export type JobQuery = Read<typeof jobQuery>

/** The answer to a query. */
export const jobList = list(job)

/** Which job. */
export const jobParams = object({ id: text() })

/** Work that comes round by the calendar. */
export const schedule = object({
  key: text(),
  kind: text(),
  payload: anything(),
  cron: text({ description: 'Minute, hour, day of month, month, day of week.' }),
  timeZone: text({ description: 'Name of a time zone, such as Europe/Paris.' }),
  nextAt: text(),
  lastAt: optional(text()),
  lastJob: optional(text()),
})
export type Schedule = Read<typeof schedule>

/** All schedules. */
export const scheduleList = list(schedule)
