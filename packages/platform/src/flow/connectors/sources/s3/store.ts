import type { LongAnswer } from '#outgoing'
import type { ReachingTools } from '../../connector.ts'
import { connectorFaults } from '../../faults.ts'
import { bucketAddress, listAddress, objectAddress, usualRegion } from './address.ts'
import type { S3Settings } from './definition.ts'
import { readPage, type StoredObject } from './listing.ts'
import { refusalOf } from './refusals.ts'
import { signedHeaders } from './sign.ts'

/** A bucket that is asked over HTTP. */
export interface Store {
  /** Where it is, for sentences. */
  readonly at: string
  /** The objects whose names begin with a prefix, in the order of the store. */
  readonly objects: (prefix: string) => AsyncGenerator<StoredObject>
  /** An object, or a range of it; refused when it is no longer the one that was listed. */
  readonly get: (object: StoredObject, range?: string) => Promise<LongAnswer>
}

/** A list of 1000 objects with the longest of names is shorter than this. */
const mostListBytes = 16 * 1024 ** 2

/** Prepares to ask for a bucket: signed when the connection has a key, as nobody in particular otherwise. */
export async function openStore(
  { network, secret, clock }: ReachingTools,
  settings: S3Settings,
  signal: AbortSignal,
): Promise<Store> {
  const address = bucketAddress(settings)
  const { bucket, region = usualRegion, access_key_id: accessKeyId } = settings
  const asked = { at: address, bucket, user: accessKeyId ?? 'anybody' }
  const secretAccessKey = await secretOf(settings, secret, address)
  const request = async (url: string, headers: Readonly<Record<string, string>> = {}) => {
    const isSigned = accessKeyId !== undefined && secretAccessKey !== undefined
    const who = isSigned && { accessKeyId, secretAccessKey, region, now: clock.now() }
    const all = who ? await signedHeaders(url, headers, who) : headers
    return { method: 'GET', url, headers: all, signal } as const
  }
  return {
    at: address,
    async *objects(prefix) {
      const query = { 'list-type': '2', prefix, 'encoding-type': 'url' }
      let next: string | undefined
      do {
        const more = next === undefined ? query : { ...query, 'continuation-token': next }
        const asking = await request(listAddress(address, more))
        const answer = await network.send({ ...asking, maxAnswerBytes: mostListBytes })
        if (answer.status !== 200) throw refusalOf(answer, asked)
        const page = await readPage(answer.text, { name: address })
        yield* page.objects
        next = page.next
      } while (next !== undefined)
    },
    get: async ({ key, etag }, range) => {
      const url = objectAddress(address, key)
      if (url === undefined) {
        const why = 'a "." or ".." between slashes stands for a folder, so it cannot be asked for'
        throw connectorFaults.unreadable_file({ name: key, why })
      }
      const headers = { ...(etag && { 'if-match': etag }), ...(range && { range }) }
      const answer = await network.receive(await request(url, headers))
      if (answer.status === 200 || answer.status === 206) return answer
      const text = await beginningOf(answer)
      if (answer.status === 412) throw connectorFaults.changed_meanwhile({ name: key })
      if (answer.status === 404 && !text.includes('NoSuchBucket')) {
        throw connectorFaults.unreadable_file({ name: key, why: 'it is no longer there' })
      }
      throw refusalOf({ ...answer, text }, asked)
    },
  }
}

/** The secret key of who asks; refused when only half of a login is there. */
export async function secretOf(
  { access_key_id: id, secret_access_key: key }: Omit<S3Settings, 'prefix'>,
  secret: ReachingTools['secret'],
  at: string,
): Promise<string | undefined> {
  if ((id === undefined) !== (key === undefined)) {
    const why = 'access_key_id and secret_access_key belong together, and one is missing'
    throw connectorFaults.cannot_sign_in({ at, user: id ?? '', why })
  }
  return key && secret(key.secret)
}

/** As much of an answer as a refusal has. */
async function beginningOf({ body }: LongAnswer): Promise<string> {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of body) {
    pieces.push(piece)
    length += piece.length
    if (length > 16_384) break
  }
  return Buffer.concat(pieces).toString()
}
