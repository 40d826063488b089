import { ingestFaults } from '../faults.ts'
import type { IngestObject } from '../object.ts'
import type { IngestJob } from './job.ts'

/** Refuses files of an object whose records are looked at one by one: nothing may pass by its contract. */
export function refuseContract(
  operation: IngestJob['operation'],
  { problemWith }: Pick<IngestObject, 'problemWith'>,
  object: string,
): void {
  if (operation !== 'delete' && problemWith) throw ingestFaults.contract({ object })
}
