import { didYouMean } from '#kernel/near.ts'
import type { Destination } from '../destination.ts'
import { email } from './email/email.ts'
import { file } from './file/file.ts'
import { postgres } from './postgres/postgres.ts'
import { webhook } from './webhook/webhook.ts'

/** Everything that members can be sent to. */
export const destinations: readonly Destination[] = [file, webhook, postgres, email]

/** The destination of a type that the schema has accepted. */
export function destinationOf(type: string, among = destinations): Destination {
  const found = among.find((one) => one.key === type)
  if (found) return found
  const near = didYouMean(
    type,
    among.map((one) => one.key),
  )
  throw new Error(`no destination is called "${type}"${near}`)
}
