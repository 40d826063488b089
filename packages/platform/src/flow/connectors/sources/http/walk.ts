import { createHash } from 'node:crypto'
import { sentenceOf } from '#kernel/fault.ts'
import { connectorFaults } from '../../faults.ts'
import type { Caller, PageAnswer } from './caller.ts'
import type { Paging } from './definition.ts'
import type { Mask } from './mask.ts'
import { firstPage, nextPage } from './paging.ts'
import { type AnswerText, recordsAt, recordsPath } from './records.ts'
import type { PageRequest } from './request.ts'

/** A way through all pages of a source. */
export interface Walk {
  readonly call: Caller
  readonly start: PageRequest
  readonly paging: Paging
  /** Where the records are, if that was said. */
  readonly records: string | undefined
  readonly mask: Mask
}

/** The records of all pages, page after page, none where a list is empty; an answer without content has no list. */
export async function* walk(of: Walk): AsyncGenerator<readonly string[]> {
  const repeats = makeRepeats(of)
  let path = of.records
  let [recordsSoFar, pagesSoFar] = [0, 0]
  let request: PageRequest | undefined = firstPage(of.paging, of.start)
  while (request) {
    repeats.refuseRequest(request)
    const { status, headers, text } = await of.call(request)
    const answer = parseAnswer(of, request, text)
    path = answer.text === '' ? path : recordsPath(answer, path)
    const records = path === undefined ? [] : recordsAt(answer, path)
    repeats.refusePage(records)
    recordsSoFar += records.length
    pagesSoFar++
    // "No content" says that there is nothing; an empty text says nothing.
    if (answer.text !== '' || status === 204) yield records
    const read = { request, answer: answer.value, headers, records: records.length }
    request = nextPage(of.paging, { ...read, recordsSoFar, pagesSoFar })
  }
}

function parseAnswer(
  { mask }: Walk,
  { method, url }: PageRequest,
  text: PageAnswer['text'],
): AnswerText {
  if (text.trim() === '') return { text: '', value: undefined }
  try {
    return { text, value: JSON.parse(text) }
  } catch (thrown) {
    // What the parser says may quote the answer.
    const [why, beginning] = [mask.over(sentenceOf(thrown)), mask.over(text).slice(0, 200)]
    throw connectorFaults.not_json({ what: `${method} ${url.pathname}`, why, beginning })
  }
}

/** A server that ignores what it is asked for, or leads in a circle, would be read for ever. */
function makeRepeats({ start }: Walk) {
  const [asked, seen] = [new Set<string>(), new Set<string>()]
  const refuse = (known: Set<string>, text: string) => {
    const hash = createHash('sha256').update(text).digest('base64url').slice(0, 22)
    if (known.has(hash)) {
      throw connectorFaults.repeating_pages({ path: start.url.pathname, pages: asked.size })
    }
    known.add(hash)
  }
  return {
    refuseRequest: ({ url, body }: PageRequest) =>
      refuse(asked, `${url.href} ${JSON.stringify(body ?? null)}`),
    refusePage: (records: readonly string[]) => {
      if (records.length > 0) refuse(seen, records.join('\n'))
    },
  }
}
