import type { Clock } from '#kernel/clock.ts'
import { makeGuesses } from './guesses.ts'
import type { Passes } from './passes.ts'

/** An answer of the token endpoints. */
export interface TokenAnswer {
  readonly status: 200 | 400 | 429
  readonly body: Readonly<Record<string, unknown>>
  readonly retryAfterSeconds?: number
}

/** Parameters of a request, and where it came from. */
export interface TokenRequest {
  readonly parameters: URLSearchParams
  /** The address that it came from. */
  readonly from: string
  /** Scheme and host under which the client found this server. */
  readonly origin: string
}

/** The token endpoints. */
export interface Grants {
  /** Gives a token for client credentials or a password. */
  readonly token: (request: TokenRequest) => Promise<TokenAnswer>
  /** Gives a token for the data endpoints in exchange for another. */
  readonly exchange: (request: TokenRequest) => Promise<TokenAnswer>
}

const exchangeGrant = 'urn:salesforce:grant-type:external:cdp'
const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'
const jwtType = 'urn:ietf:params:oauth:token-type:jwt'

// These need keys or stored grants that there is no place for yet.
const notOffered: ReadonlySet<string> = new Set([
  'refresh_token',
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
  'authorization_code',
])

/** Answers requests for tokens; an access token of the house is the secret that opens. */
export function makeGrants({ passes, clock }: { passes: Passes; clock: Clock }): Grants {
  const guesses = makeGuesses(clock)

  const wrong = (from: string, answer: TokenAnswer): TokenAnswer => {
    const waitS = guesses.wrong(from)
    if (waitS === undefined) return answer
    const { body } = refused('invalid_grant', `too many wrong attempts; wait ${waitS} s`)
    return { status: 429, body, retryAfterSeconds: waitS }
  }

  return {
    token: async ({ parameters, from, origin }) => {
      const grant = parameters.get('grant_type') ?? ''
      if (notOffered.has(grant))
        return refused(
          'unsupported_grant_type',
          `${grant} is not offered yet; use client_credentials, with an access token as client_secret`,
        )
      const secrets = secretsOf(grant, parameters)
      if (secrets === undefined)
        return refused(
          'unsupported_grant_type',
          `grant_type "${grant}" is not known; use client_credentials or password`,
        )
      const pass = await firstPass(passes, secrets)
      if (pass === undefined) return wrong(from, refused('invalid_grant', 'authentication failure'))
      const clientId = parameters.get('client_id') ?? 'client'
      return {
        status: 200,
        body: {
          access_token: pass.token,
          instance_url: origin,
          id: `${origin}/id/${encodeURIComponent(clientId)}`,
          token_type: 'Bearer',
          issued_at: String(clock.now().getTime()),
          scope: pass.scope,
          signature: pass.token.split('.').at(-1),
          expires_in: pass.expiresInS,
        },
      }
    },

    exchange: async ({ parameters, from, origin }) => {
      const grant = parameters.get('grant_type')
      if (grant !== exchangeGrant)
        return refused('unsupported_grant_type', `grant_type has to be ${exchangeGrant}`)
      const type = parameters.get('subject_token_type')
      if (type !== null && type !== accessTokenType)
        return refused('invalid_request', `subject_token_type has to be ${accessTokenType}`)
      const subject = parameters.get('subject_token')
      if (!subject) return refused('invalid_request', 'subject_token is missing')
      const caller = await passes.callerOf(subject)
      const dataspace = parameters.get('dataspace') ?? undefined
      if (caller && dataspace !== undefined && !caller.spaces.includes(dataspace))
        return refused('invalid_request', `there is no data space "${dataspace}" for this token`)
      const pass = await passes.give(subject, dataspace === undefined ? {} : { dataspace })
      if (pass === undefined)
        return wrong(from, refused('invalid_grant', 'subject_token is unknown, revoked or expired'))
      return {
        status: 200,
        body: {
          access_token: pass.token,
          // A host and nothing else: clients put the scheme before it.
          instance_url: new URL(origin).host,
          token_type: 'Bearer',
          issued_token_type: jwtType,
          expires_in: pass.expiresInS,
        },
      }
    },
  }
}

const refused = (error: string, description: string): TokenAnswer => ({
  status: 400,
  body: { error, error_description: description },
})

/** What may be one of our tokens, by kind of grant; nothing when the kind is not known. */
function secretsOf(grant: string, parameters: URLSearchParams): readonly string[] | undefined {
  const names = { client_credentials: ['client_secret'], password: ['password', 'client_secret'] }
  if (grant !== 'client_credentials' && grant !== 'password') return undefined
  return names[grant].flatMap((name) => parameters.get(name) ?? [])
}

async function firstPass(passes: Passes, secrets: readonly string[]) {
  for (const secret of secrets) {
    const pass = await passes.give(secret)
    if (pass) return pass
  }
  return undefined
}
