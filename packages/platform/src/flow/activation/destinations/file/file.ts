import { type Batch, defineDestination } from '../../destination.ts'
import { csvHeader, csvLines } from './csv.ts'
import { fileDefinition } from './definition.ts'
import { fileName, problemsOfName, usualName } from './file-name.ts'
import { outFolder } from './out-folder.ts'
import { writeWhole } from './whole-file.ts'

const endings = { csv: 'csv', json: 'ndjson' } as const

/** Writes one file per delivery, then its manifest; doing it again writes the same under the same names. */
export const file = defineDestination({
  ...fileDefinition,
  check: ({ name }) => (name === undefined ? [] : problemsOfName(name, 'name')),
  batchSize: () => Number.POSITIVE_INFINITY,
  async deliver(batch, { folder: wanted, format, name: pattern = usualName }, tools) {
    const { folders, clock, signal } = tools
    const folder = await outFolder(wanted, folders)
    const name = fileName(pattern, batch)
    const data = `${name}.${endings[format]}`
    const sha256 = await writeWhole({ folder, name: data }, pieces[format](batch, signal))
    const manifest = { file: data, sha256, ...described(batch), sent_at: clock.now().toISOString() }
    const text = `${JSON.stringify(manifest, null, 2)}\n`
    await writeWhole({ folder, name: `${name}.manifest.json` }, only(text))
    return { result: 'sent' }
  },
})

const pieces = {
  csv: async function* (batch: Batch, signal: AbortSignal) {
    yield csvHeader(batch.columns)
    for await (const rows of batch.rows()) {
      signal.throwIfAborted()
      yield csvLines(rows, batch.columns)
    }
  },
  json: async function* (batch: Batch, signal: AbortSignal) {
    for await (const rows of batch.rows()) {
      signal.throwIfAborted()
      yield rows.map((row) => `${JSON.stringify(row)}\n`).join('')
    }
  },
} as const

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

async function* only(text: string) {
  yield text
}
