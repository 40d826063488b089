import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import type { FilesOut } from '#connectors'
import { sentenceOf } from '#kernel/fault.ts'
import { type Batch, calledBy, type DeliveryTools, defineDestination } from '../../destination.ts'
import { activationFaults } from '../../faults.ts'
import { csvHeader, csvLines } from './csv.ts'
import { fileDefinition } from './definition.ts'
import { fileName, problemsOfName, usualName } from './file-name.ts'
import { leadsOut } from './out-folder.ts'
import { type FileSettings, openPlace } from './place.ts'
import { splitRows } from './split.ts'

const endings = { csv: 'csv', json: 'ndjson', parquet: 'parquet' } as const

/** Writes files, then their manifest; doing it again writes the same under the same names. */
export const file = defineDestination({
  ...fileDefinition,
  check: ({ name, folder, to }) => [
    ...(name === undefined ? [] : problemsOfName(name, 'name')),
    // What leads out of the folder for outgoing files does so wherever that lies.
    ...(to === undefined && leadsOut(folder)
      ? activationFaults.folder_outside({ folder }, { at: 'folder' }).problems
      : []),
  ],
  folder: ({ folder, to }) => (to === undefined ? folder : undefined),
  calls: ({ to }) => {
    if (to === undefined) return []
    if ('s3' in to)
      return to.s3.endpoint === undefined ? [] : calledBy(to.s3.endpoint, 'to.s3.endpoint')
    return [{ at: 'to.sftp.host', host: to.sftp.host, port: to.sftp.port ?? 22 }]
  },
  writesParquet: ({ format }) => format === 'parquet',
  batchSize: () => Number.POSITIVE_INFINITY,
  async deliver(batch, settings, tools) {
    const { name: pattern = usualName, rows_per_file: size = Number.POSITIVE_INFINITY } = settings
    tools.signal.throwIfAborted()
    const name = fileName(pattern, batch)
    const place = await openPlace(settings, tools)
    try {
      const files: Written[] = []
      for await (const rows of splitRows(batch.rows, size)) {
        const number = files.length === 0 ? '' : `-${files.length + 1}`
        const part = { ...batch, rows: () => rows }
        files.push(await writeOne(place, { name: name + number, batch: part, settings, tools }))
      }
      const about = { files, ...described(batch), sent_at: tools.clock.now().toISOString() }
      const text = `${JSON.stringify(about, null, 2)}\n`
      await place.write(`${name}.manifest.json`, only(Buffer.from(text)))
      return { result: 'sent' }
    } finally {
      place.close()
    }
  },
  async *test(settings, tools) {
    tools.signal.throwIfAborted()
    const place = await openPlace(settings, tools)
    const name = `tessera-test-${tools.clock.now().getTime()}.txt`
    try {
      await place.write(name, only(Buffer.from('A test of the connection.\n')))
      yield `a file was written to ${settings.folder}`
      // Who may write and not remove can be sent to all the same.
      yield await place.remove(name).then(
        () => 'it was removed again',
        (thrown) => `${name} could not be removed again: ${sentenceOf(thrown)}`,
      )
    } finally {
      place.close()
    }
  },
})

/** A file as the manifest tells of it. */
interface Written {
  readonly file: string
  readonly rows: number
  readonly bytes: number
  readonly sha256: string
}

async function writeOne(
  place: FilesOut,
  of: {
    readonly name: string
    readonly batch: Batch
    readonly settings: FileSettings
    readonly tools: DeliveryTools
  },
): Promise<Written> {
  const { format, compression } = of.settings
  const isZipped = compression === 'gzip' && format !== 'parquet'
  const file = `${of.name}.${endings[format]}${isZipped ? '.gz' : ''}`
  const hash = createHash('sha256')
  let [rows, bytes] = [0, 0]
  const counted = async function* () {
    for await (const some of of.batch.rows()) {
      of.tools.signal.throwIfAborted()
      rows += some.length
      yield some
    }
  }
  const measured = async function* () {
    const content = contentOf({ ...of.batch, rows: counted }, of.settings, of.tools)
    for await (const piece of isZipped ? zipped(content) : content) {
      hash.update(piece)
      bytes += piece.length
      yield piece
    }
  }
  await place.write(file, measured())
  return { file, rows, bytes, sha256: hash.digest('hex') }
}

function contentOf(
  batch: Batch,
  settings: Pick<FileSettings, 'format' | 'formulas'>,
  { parquet }: DeliveryTools,
): AsyncIterable<Uint8Array> {
  const { format } = settings
  return format === 'parquet' ? parquet(batch) : texts[format](batch, settings)
}

const texts = {
  csv: async function* (batch: Batch, { formulas = 'guard' }: Pick<FileSettings, 'formulas'>) {
    yield Buffer.from(csvHeader(batch.columns))
    for await (const rows of batch.rows())
      yield Buffer.from(csvLines(rows, batch.columns, formulas))
  },
  json: async function* (batch: Batch) {
    for await (const rows of batch.rows()) {
      yield Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
    }
  },
} as const

async function* zipped(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const zip = createGzip()
  const source = Readable.from(content)
  // What goes wrong in the source is told where the zipped pieces are read.
  source.on('error', (thrown) => zip.destroy(thrown))
  yield* source.pipe(zip)
}

const described = ({ id, activation, segment, send, from, to, members, columns }: Batch) => ({
  rows: members,
  columns,
  id,
  activation,
  segment,
  send,
  from,
  to,
})

async function* only(piece: Uint8Array) {
  yield piece
}
