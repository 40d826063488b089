import { posix } from 'node:path'
import type { Answer } from '#outgoing'
import type { ReachingTools } from '../../connector.ts'
import { connectorFaults } from '../../faults.ts'
import { bucketAddress, objectAddress, usualRegion } from './address.ts'
import type { S3Settings } from './definition.ts'
import { refusalOf } from './refusals.ts'
import { signedHeaders } from './sign.ts'
import { secretOf } from './store.ts'

/** A place that whole files are written to: a name is there with all of its content or not at all. */
export interface FilesOut {
  readonly write: (name: string, content: AsyncIterable<Uint8Array>) => Promise<void>
  readonly remove: (name: string) => Promise<void>
  readonly close: () => void
}

type Request = (
  method: 'PUT' | 'POST' | 'DELETE',
  url: string,
  body?: Uint8Array,
) => Promise<Answer>

/** The least that stores take for a part which is not the last is 5 MiB. */
const partBytes = 8 * 1024 ** 2

/** Prepares to write objects below a folder of a bucket. */
export async function writeToBucket(
  { network, secret, clock }: Pick<ReachingTools, 'network' | 'secret' | 'clock'>,
  { folder, ...settings }: Omit<S3Settings, 'prefix'> & { readonly folder: string },
  signal: AbortSignal,
): Promise<FilesOut> {
  const at = bucketAddress(settings)
  const { bucket, region = usualRegion, access_key_id: accessKeyId } = settings
  const secretAccessKey = await secretOf(settings, secret, at)
  const request: Request = async (method, url, body = new Uint8Array()) => {
    const isSigned = accessKeyId !== undefined && secretAccessKey !== undefined
    const who = isSigned && { accessKeyId, secretAccessKey, region, now: clock.now() }
    const headers = who ? await signedHeaders(url, {}, { ...who, method, body }) : {}
    const answer = await network.send({ method, url, headers, body, signal })
    if (answer.status >= 200 && answer.status < 300) return answer
    throw refusalOf(answer, { at, bucket, user: accessKeyId ?? 'anybody' })
  }
  const root = posix.normalize(`/${folder}/`).slice(1)
  const urlOf = (name: string) => {
    const url = objectAddress(at, root + name)
    if (url === undefined) throw connectorFaults.outside_folder({ path: name, folder: at })
    return url
  }
  return {
    close: () => {},
    write: async (name, content) => writeObject(request, urlOf(name), inParts(content)),
    remove: async (name) => {
      await request('DELETE', urlOf(name))
    },
  }
}

// What fits into one part is written in one go; a store shows neither before it is whole.
async function writeObject(
  request: Request,
  url: string,
  parts: AsyncGenerator<Uint8Array>,
): Promise<void> {
  const first = await parts.next()
  const second = await parts.next()
  if (second.done) {
    await request('PUT', url, first.value ?? new Uint8Array())
    return
  }
  const id = partOf((await request('POST', `${url}?uploads=`)).text, 'UploadId')
  const upload = `uploadId=${encodeURIComponent(id)}`
  try {
    const tags: string[] = []
    const add = async (part: Uint8Array) => {
      const answer = await request('PUT', `${url}?partNumber=${tags.length + 1}&${upload}`, part)
      tags.push(answer.headers['etag'] ?? '')
    }
    await add(first.value)
    await add(second.value)
    for await (const part of parts) await add(part)
    const list = tags.map(
      (tag, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${tag}</ETag></Part>`,
    )
    const body = `<CompleteMultipartUpload>${list.join('')}</CompleteMultipartUpload>`
    const { text } = await request('POST', `${url}?${upload}`, Buffer.from(body))
    // A store that has begun to answer can only tell of trouble in the answer itself.
    if (text.includes('<Error>')) {
      throw connectorFaults.source_busy({ at: url, why: partOf(text, 'Code') })
    }
  } catch (thrown) {
    await request('DELETE', `${url}?${upload}`).catch(() => {})
    throw thrown
  }
}

async function* inParts(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of content) {
    pieces.push(piece)
    length += piece.length
    if (length < partBytes) continue
    yield Buffer.concat(pieces)
    pieces = []
    length = 0
  }
  if (length > 0) yield Buffer.concat(pieces)
}

const partOf = (text: string, element: string): string =>
  new RegExp(`<${element}>([^<]*)</${element}>`).exec(text)?.[1] ?? ''
