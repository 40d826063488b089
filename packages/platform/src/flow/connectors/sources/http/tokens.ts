import type { SecretRef } from '#definitions/definition'
import { connectorFaults } from '../../faults.ts'
import type { Auth } from './definition.ts'
import type { SignInTools } from './sign-in.ts'

/** A token and the time it is no longer used. */
interface Token {
  readonly text: string
  readonly until: number
}

/** Tokens that are in use, by what they were asked for with. They are kept in memory only. */
export type Tokens = Map<string, Token>

type Client = Extract<Auth, { kind: 'oauth2_client_credentials' }>

/** A token that is used until shortly before it expires. */
const graceMs = 30_000

/** The token of a client (RFC 6749, 4.4): the one there is while it is good, otherwise a new one. */
export async function fetchToken(
  tools: SignInTools,
  client: Client,
  secret: (ref: SecretRef) => Promise<string>,
): Promise<string> {
  const key = JSON.stringify(client)
  const now = tools.clock.now().getTime()
  const kept = tools.tokens.get(key)
  if (kept && kept.until > now) return tools.mask.hide(kept.text)
  const { status, text } = await tools.network.send({
    ...tokenRequest(client, await secret(client.client_secret)),
    signal: tools.signal,
  })
  const answer = parsed(text)
  const { access_token: token, expires_in: seconds } = answer
  if (status !== 200 || typeof token !== 'string' || token === '') {
    const { origin } = new URL(client.token_url)
    const beginning = tools.mask.over(text).slice(0, 300)
    const what = `the request for a token at ${origin}`
    if (status >= 500) throw connectorFaults.failing_server({ what, status, beginning })
    throw connectorFaults.no_token({ to: origin, status, beginning })
  }
  // One that does not say how long it is good for is good until it is refused.
  const expires = Number(seconds ?? Number.POSITIVE_INFINITY)
  tools.tokens.set(key, { text: token, until: now + expires * 1000 - graceMs })
  return tools.mask.hide(token)
}

function tokenRequest(client: Client, secret: string) {
  const { token_url: url, client_id: id, scope, audience, client_in: place } = client
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    ...(scope === undefined ? {} : { scope }),
    ...(audience === undefined ? {} : { audience }),
    ...(place === 'body' ? { client_id: id, client_secret: secret } : {}),
  })
  const basic = Buffer.from(`${formText(id)}:${formText(secret)}`).toString('base64')
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    accept: 'application/json',
    ...(place === 'body' ? {} : { authorization: `Basic ${basic}` }),
  }
  return { method: 'POST', url, headers, body: form.toString() } as const
}

const formText = (text: string) => new URLSearchParams({ t: text }).toString().slice(2)

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    // Spread of anything is an object; what is missing in it is asked for next.
    return typeof value === 'object' ? { ...value } : {}
  } catch {
    return {}
  }
}
