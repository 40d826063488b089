import { parentPort } from 'node:worker_threads'
import { writeIdFile } from '../ids/id-file-writer.ts'
import { type LogFile, openLogFile } from './log-file.ts'
import type { Answer, Sent, Work } from './messages.ts'

// Runs in a thread of its own, so that no fsync is waited for on the thread that serves HTTP.

/** What was done, and the buffers of the answer, which change hands instead of being copied. */
interface Done<Answer> {
  readonly answer: Answer
  readonly moved: readonly ArrayBuffer[]
}

type Doer<Kind extends keyof Work> = (
  of: Work[Kind]['of'],
) => Done<Work[Kind]['answer']> | Promise<Done<Work[Kind]['answer']>>

let opened: LogFile | undefined

const file = (): LogFile => {
  if (!opened) throw new Error('the log is not open')
  return opened
}

const done = <Answer>(answer: Answer, moved: readonly ArrayBuffer[] = []): Done<Answer> => ({
  answer,
  moved,
})

const nothing = (_did: unknown): Done<undefined> => done(undefined)

const doers: { readonly [Kind in keyof Work]: Doer<Kind> } = {
  open: (of) => {
    opened = openLogFile(of.file)
    return done(opened.state())
  },
  keep: (group) => {
    file().keep(group)
    return done(group.lines.buffer, [group.lines.buffer])
  },
  read: (of) => {
    const answer = file().read(of)
    return done(
      answer,
      answer.chunks.map(({ lines }) => lines.buffer),
    )
  },
  ids: (of) => {
    const answer = file().ids(of)
    return done(
      answer,
      answer.chunks.map(({ ids }) => ids.buffer),
    )
  },
  writeIds: async (of) => nothing(await writeIdFile(of)),
  consumer: (of) => done(file().consumer(of.name)),
  moveConsumer: (of) => nothing(file().moveConsumer(of.name, of.to)),
  dropConsumer: (of) => nothing(file().dropConsumer(of.name)),
  drop: (of) => done(file().drop(of)),
  close: () => nothing(opened?.close()),
}

parentPort?.on('message', async (sent: Sent) => {
  try {
    // The doer of a kind takes what was sent under that kind; the type system loses the link between the two.
    const doer = doers[sent.kind] as (of: Sent['of']) => Done<unknown> | Promise<Done<unknown>>
    const did = doer(sent.of)
    // Answered at once when it can be: what is waited for here are commits.
    const { answer, moved } = did instanceof Promise ? await did : did
    post({ id: sent.id, answer }, moved)
  } catch (thrown) {
    post({ id: sent.id, error: errorOf(thrown) })
  }
  if (sent.kind === 'close') parentPort?.close()
})

const post = (answer: Answer, moved: readonly ArrayBuffer[] = []) =>
  parentPort?.postMessage(answer, moved)

function errorOf(thrown: unknown) {
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  const errcode =
    thrown instanceof Error && 'errcode' in thrown ? Number(thrown.errcode) : undefined
  return { message, errcode }
}
