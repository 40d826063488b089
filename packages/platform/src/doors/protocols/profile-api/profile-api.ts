import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Access, demand } from '#access'
import { Fault, sentenceOf } from '#kernel/fault.ts'
import type { Front } from '#kernel/front.ts'
import type { Ids } from '#kernel/ids.ts'
import type { Log } from '#kernel/log.ts'
import { type Answer, jsonAnswer } from '#wire'
import { accountAnswers } from './accounts.ts'
import { profileApiFaults } from './faults.ts'
import { type Asked, type ProfileReading, peopleAnswers } from './people.ts'
import { type Place, placeOf } from './place.ts'

/** What the wire of profiles needs. */
export interface ProfileApiTools extends ProfileReading {
  readonly access: Pick<Access, 'callerOf'>
  readonly ids: Ids
  readonly log: Log
}

/** The front by which clients of Segment's profile API read people and accounts. */
export function makeProfileApiFront(tools: ProfileApiTools): Front {
  const { access, ids, log } = tools
  const answers = { users: peopleAnswers(tools), accounts: accountAnswers(tools) }

  const ask = async (request: IncomingMessage, place: Place): Promise<Answer> => {
    const { method = '', headers, url = '' } = request
    const token = tokenIn(headers.authorization)
    const caller = demand(
      token === undefined ? undefined : await access.callerOf(token),
      'read_customers',
    )
    if (method !== 'GET' && method !== 'HEAD') throw profileApiFaults.wrong_method({ method })
    if (caller.within !== undefined && caller.within !== place.space)
      throw profileApiFaults.not_found({})
    const mark = url.indexOf('?')
    const asked: Asked = { place, query: new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1)) }
    return jsonAnswer(200, await answers[place.collection](asked))
  }

  const refuse = (thrown: unknown): Answer => {
    const fault = thrown instanceof Fault ? thrown : undefined
    if (fault && fault.status < 500 && fault.status !== 429) return refusal(fault)
    if (fault?.status === 429 || fault?.status === 503) return refusal(fault, ['Retry-After', '1'])
    log.error('a profile was not read', { fault: sentenceOf(thrown), cause: thrown })
    const [code, message] = ['internal_error', 'something went wrong here; the log tells what']
    return jsonAnswer(500, { error: { code, message } })
  }

  const serve = async (request: IncomingMessage, response: ServerResponse, place: Place) => {
    const answer = await ask(request, place).catch(refuse)
    // Not open to pages of other origins: whoever holds a token here reads all customers.
    response.writeHead(answer.status, [...answer.headers, 'Request-Id', ids.next()])
    response.end(answer.body, answer.encoding ?? 'utf8')
  }

  return {
    takes: (_, path) => placeOf(path) !== undefined,
    answer: (request, response) => {
      const place = placeOf((request.url ?? '').split('?')[0] ?? '')
      if (place === undefined) throw new Error('a front was given what it does not take')
      request.resume()
      // Nothing is left to say to a client whose answer itself cannot be sent.
      serve(request, response, place).catch(() => request.destroy())
    },
  }
}

/** The user of Basic, as those clients send it, or a bearer. */
function tokenIn(authorization = ''): string | undefined {
  const [, scheme = '', said = ''] = /^(basic|bearer) (.+)$/i.exec(authorization) ?? []
  if (scheme.toLowerCase() === 'bearer') return said.trim()
  const [user = ''] = Buffer.from(said, 'base64').toString('latin1').split(':')
  return user === '' ? undefined : user
}

const codes: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  403: 'authentication_error',
  404: 'not_found',
  405: 'invalid_request_error',
  429: 'rate_limit_error',
  503: 'server_error',
}

const refusal = ({ status, message, code }: Fault, headers: readonly string[] = []): Answer => {
  const isOfShape = code === profileApiFaults.bad_parameter.code
  const word = isOfShape ? 'validation_error' : (codes[status] ?? 'invalid_request_error')
  return jsonAnswer(
    status,
    { error: { code: word, message: status === 404 ? notFound : message } },
    headers,
  )
}

const notFound = profileApiFaults.not_found({}).message
