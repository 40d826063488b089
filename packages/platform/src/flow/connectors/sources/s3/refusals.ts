import type { Fault } from '#kernel/fault.ts'
import { connectorFaults } from '../../faults.ts'

/** Who asked whom for what. */
export interface Asked {
  readonly at: string
  readonly bucket: string
  readonly user: string
}

/** What a store said instead of what was asked for. */
export interface Refused {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

/** Why a store refused, as a fault. */
export function refusalOf({ status, headers, text }: Refused, asked: Asked): Fault {
  const { at, bucket, user } = asked
  const code = partOf(text, 'Code')
  const why = [code, partOf(text, 'Message')].filter((part) => part !== '').join(': ')
  const region = headers['x-amz-bucket-region'] ?? partOf(text, 'Region')
  if (status === 301 || code === 'AuthorizationHeaderMalformed') {
    return connectorFaults.other_region({ bucket, region })
  }
  if (code === 'NoSuchBucket') return connectorFaults.no_such_bucket({ at, bucket })
  if (badKey.test(code)) return connectorFaults.cannot_sign_in({ at, user, why })
  if (status === 401 || status === 403) return connectorFaults.not_permitted({ at, user, why })
  if (status === 429 || status >= 500) return connectorFaults.source_busy({ at, why })
  return connectorFaults.refused_request({ what: `GET ${at}`, status, beginning: why })
}

// Each store has a word of its own for a key that it does not know.
const badKey = /AccessKeyId|UserNotFound|Signature|Token$|TimeTooSkewed/

// The answer is short and flat, and may be no XML at all where something else answers in the store's place.
const partOf = (text: string, element: string): string =>
  new RegExp(`<${element}>([^<]*)</${element}>`).exec(text)?.[1] ?? ''
