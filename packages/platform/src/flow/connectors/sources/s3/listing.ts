import { type PartOf, readWholeXml } from '../../text/xml.ts'

/** An object of a bucket, as the list of the bucket has it. */
export interface StoredObject {
  readonly key: string
  readonly sizeBytes: number
  /** With its quotes, as it is given back. */
  readonly etag: string
  readonly changedAt: Date
}

/** A part of the list of a bucket. */
export interface ListPage {
  readonly objects: readonly StoredObject[]
  /** What the next part is asked for with; nothing after the last one. */
  readonly next: string | undefined
}

/** Reads the answer to a request for a list (ListObjectsV2). */
export async function readPage(xml: string, of: PartOf): Promise<ListPage> {
  const found: Leaves[] = []
  const page = await leavesOf(xml, of, (object) => found.push(object))
  const isEncoded = page['EncodingType'] === 'url'
  return {
    objects: found.map((leaves) => objectOf(leaves, isEncoded)),
    next: page['IsTruncated'] === 'true' ? page['NextContinuationToken'] : undefined,
  }
}

type Leaves = Readonly<Record<string, string>>

/** The texts of all elements by their names, those of each object apart. */
async function leavesOf(xml: string, of: PartOf, tell: (object: Leaves) => void): Promise<Leaves> {
  const page: Record<string, string> = {}
  let leaves = page
  let text = ''
  await readWholeXml(
    [Buffer.from(xml)],
    {
      open: (element) => {
        text = ''
        if (element === 'Contents') leaves = {}
      },
      text: (letters) => {
        text += letters
      },
      close: (element) => {
        if (element !== 'Contents') leaves[element] ??= text
        else {
          tell(leaves)
          leaves = page
        }
      },
    },
    of,
  )
  return page
}

const objectOf = (leaves: Leaves, isEncoded: boolean): StoredObject => ({
  key: isEncoded ? decoded(leaves['Key'] ?? '') : (leaves['Key'] ?? ''),
  sizeBytes: Number(leaves['Size']),
  etag: leaves['ETag'] ?? '',
  changedAt: new Date(leaves['LastModified'] ?? ''),
})

// Names may hold letters that XML cannot, so they are asked for encoded; not every store does it.
const decoded = (key: string) => decodeURIComponent(key.replaceAll('+', ' '))
