import { faults } from '#kernel/fault.ts'

/** What can go wrong with durable work. */
export const jobFaults = faults('jobs', {
  unknown_job: {
    status: 404,
    say: (d: { id: string }) =>
      `there is no job "${d.id}"; list the jobs to see their ids (finished ones are kept for 30 days)`,
    help: 'The job never existed, or it finished long ago and its record was removed. List the jobs to see their ids.',
  },
  already_finished: {
    status: 409,
    say: (d: { id: string; state: string }) =>
      `job "${d.id}" is ${d.state} already, so there is nothing to cancel`,
    help: 'Only a job that waits or runs can be cancelled.',
  },
  not_retryable: {
    status: 409,
    say: (d: { id: string; state: string }) =>
      `job "${d.id}" is ${d.state}; only a failed or cancelled job can be tried again`,
    help: 'Wait until the job has finished. One that is done needs no retry: start the work anew instead.',
  },
  already_queued: {
    status: 409,
    say: (d: { id: string; key: string }) =>
      `job "${d.id}" cannot be tried again while another job for "${d.key}" waits or runs; that one does the work`,
    help: 'At most one job of a kind and key waits or runs at a time. The other one does the same work.',
  },
  interrupted: {
    status: 500,
    say: (d: { attempts: number }) =>
      `the process ended in the middle of each of ${d.attempts} attempts; look at its log, then try the job again`,
    help: 'The process that ran the job was killed or crashed every time. Often this is memory: look at the log and the system, then retry the job.',
  },
  broken: {
    status: 500,
    say: (d: { what: string }) => `${d.what} (this is a bug; the log has the details)`,
    help: 'The job met an error that nobody foresaw. The log has the stack; please report it.',
  },
  bad_schedule: {
    status: 422,
    say: (d: { cron: string; timeZone: string; why: string }) =>
      `"${d.cron}" in "${d.timeZone}" is no schedule: ${d.why}; write minute, hour, day of month, month and day of week, such as "0 6 * * 1-5", and a time zone such as "Europe/Paris"`,
    help: 'A schedule is written as five cron fields and the name of a time zone.',
  },
})
