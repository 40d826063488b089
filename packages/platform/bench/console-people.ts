import { setTimeout as sleep } from 'node:timers/promises'
import { openDuckdb } from '#engine'
import type { Job } from '#jobs/api'
import { modelOf } from '#model'
import { type ServedPlatform, startPlatform } from './events-server.ts'
import { putPeople } from './identity-people.ts'

/** One record in five is of a person who is there already; see `putPeople`. */
const recordsPerProfile = 1.25
const patienceMs = 1_800_000

/** Serves a data folder in which so many people were unified. */
export async function servePeople(folder: string, profiles: number): Promise<ServedPlatform> {
  const engine = await openDuckdb({ folder })
  const records = Math.round(profiles * recordsPerProfile)
  await putPeople(engine, modelOf([]), records)
  await engine.change('positions', (writer) => writer.positions(records * 4))
  await engine.close()
  const platform = await startPlatform(folder)
  await platform.call('PUT', '/definitions/ruleset/people', { body: ruleset })
  await refreshAll(platform)
  return platform
}

/** Refreshes everything that is stale and waits for the end of it. */
export async function refreshAll({ call }: ServedPlatform): Promise<void> {
  // The endpoints answer with these shapes; see the rooms runs and jobs.
  const { job } = (await call('POST', '/run', {})) as { job: string }
  for (const since = Date.now(); Date.now() - since < patienceMs; await sleep(200)) {
    const { state, fault } = (await call('GET', `/jobs/${job}`)) as Job
    if (state === 'done') return
    if (state === 'failed' || state === 'cancelled') throw new Error(fault?.say ?? state)
  }
  throw new Error('not everything was refreshed')
}

const ruleset = {
  on: 'individual',
  match: [
    {
      key: 'email',
      all: [{ object: 'contact_point_email', field: 'email_address', by: 'normalised' }],
    },
    {
      key: 'phone',
      all: [{ object: 'contact_point_phone', field: 'telephone_number', by: 'normalised' }],
    },
  ],
  reconcile: { default: 'last_updated' },
}
