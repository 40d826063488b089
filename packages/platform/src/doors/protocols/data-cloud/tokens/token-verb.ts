import type { IncomingMessage } from 'node:http'
import { type Answer, addressOf, baseOf, jsonAnswer } from '#wire'
import { empty, retryAfter } from '../answers.ts'
import type { Bodies } from '../body.ts'
import type { TokenPlace } from '../place.ts'
import { mustBe, queryOf } from '../request.ts'
import type { DataCloudTools } from '../tools.ts'
import { makeGrants, type TokenAnswer } from './grants.ts'
import type { Passes } from './passes.ts'

/** What answering requests for tokens needs. */
export interface TokenVerbTools extends Pick<DataCloudTools, 'clock' | 'proxies'> {
  readonly passes: Passes
  readonly bodies: Bodies
}

/** Answers the addresses where tokens are had. */
export function makeTokenVerb({ clock, passes, bodies, proxies = 0 }: TokenVerbTools) {
  const grants = makeGrants({ passes, clock })
  return async ({ kind }: TokenPlace, request: IncomingMessage): Promise<Answer> => {
    mustBe(request, ['POST'])
    const parameters = await parametersOf(request, bodies)
    // Tokens that were given out end by themselves, and with the access token they came from.
    if (kind === 'revoke') return empty(200)
    const { protocol, host } = baseOf(request, proxies)
    const origin = `${protocol}://${isHost.test(host) ? host : 'localhost'}`
    const from = addressOf(request, proxies) ?? ''
    return printed(await grants[kind]({ parameters, from, origin }))
  }
}

// What an answer may repeat of a host that the client said.
const isHost = /^[\w.-]+(:\d+)?$|^\[[\da-f:]+\](:\d+)?$/i

const printed = ({ status, body, retryAfterSeconds }: TokenAnswer): Answer =>
  jsonAnswer(status, body, [
    'Cache-Control',
    'no-store',
    ...(retryAfterSeconds === undefined ? [] : retryAfter(retryAfterSeconds)),
  ])

/** Clients put parameters into the body or into the address, and their secret into a header. */
async function parametersOf(request: IncomingMessage, { form }: Bodies): Promise<URLSearchParams> {
  const parameters = queryOf(request)
  for (const [name, value] of await form(request)) parameters.set(name, value)
  const [, basic] = /^Basic (.+)$/i.exec(request.headers.authorization ?? '') ?? []
  if (basic === undefined || parameters.has('client_secret')) return parameters
  const [id = '', ...secret] = Buffer.from(basic, 'base64').toString().split(':')
  parameters.set('client_id', id)
  parameters.set('client_secret', secret.join(':'))
  return parameters
}
