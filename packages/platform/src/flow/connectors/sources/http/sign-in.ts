import type { ReachingTools } from '../../connector.ts'
import type { Auth } from './definition.ts'
import type { Mask } from './mask.ts'
import { fetchToken, type Tokens } from './tokens.ts'

/** What a request carries so that the server knows who asks. */
export interface Badge {
  readonly headers: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
}

/** Says who asks. */
export interface SignIn {
  readonly badge: () => Promise<Badge>
  /** Forgets what was refused; false when there is nothing to renew. */
  readonly renew: () => boolean
}

/** What signing in needs. */
export interface SignInTools extends ReachingTools {
  readonly mask: Mask
  readonly tokens: Tokens
  readonly signal: AbortSignal
}

/** Makes what a connection's `auth` says. Secrets are fetched when they are needed, and hidden from then on. */
export function makeSignIn(tools: SignInTools, auth: Auth = { kind: 'none' }): SignIn {
  const secret = async ({ secret: name }: { secret: string }) =>
    tools.mask.hide(await tools.secret(name))
  const header = (name: string, value: string): Badge => ({ headers: { [name]: value }, query: {} })
  const badge = async (): Promise<Badge> => {
    switch (auth.kind) {
      case 'none':
        return { headers: {}, query: {} }
      case 'basic': {
        const both = Buffer.from(`${auth.user}:${await secret(auth.password)}`)
        return header('authorization', `Basic ${tools.mask.hide(both.toString('base64'))}`)
      }
      case 'bearer':
        return header('authorization', `Bearer ${await secret(auth.token)}`)
      case 'api_key': {
        const value = await secret(auth.value)
        if (auth.in === 'header') return header(auth.name, value)
        return { headers: {}, query: { [auth.name]: value } }
      }
      case 'oauth2_client_credentials':
        return header('authorization', `Bearer ${await fetchToken(tools, auth, secret)}`)
    }
  }
  const renew = () =>
    auth.kind === 'oauth2_client_credentials' && tools.tokens.delete(JSON.stringify(auth))
  return { badge, renew }
}
