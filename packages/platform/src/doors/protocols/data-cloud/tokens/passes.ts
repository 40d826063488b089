import { hkdfSync } from 'node:crypto'
import type { Caller } from '#kernel/caller.ts'
import type { DataCloudTools } from '../tools.ts'
import { sign, verify } from './jwt.ts'
import { seal, unseal } from './sealed.ts'

/** What giving out tokens needs. */
export type PassTools = Pick<DataCloudTools, 'access' | 'clock' | 'ids' | 'key' | 'tenant'>

/** A token for a while, made from one that lasts. */
export interface Pass {
  readonly token: string
  readonly scope: string
  readonly expiresInS: number
}

/** Gives out tokens for a while and knows them again. */
export interface Passes {
  /** Whom a token stands for, be it one of the house or one that was given out here. */
  readonly callerOf: (token: string) => Promise<Caller | undefined>
  /** Gives a token for a while in exchange for one that stands for somebody. */
  readonly give: (token: string, of?: { readonly dataspace?: string }) => Promise<Pass | undefined>
}

const lifeS = 7_200

/**
 * Tokens that end by themselves. The access token they were made from travels sealed inside of each: it is asked at every
 * request, so that revoking it ends them all at once, and nothing has to be kept here.
 */
export function makePasses({ access, clock, ids, key, tenant = 'tessera' }: PassTools): Passes {
  const signing = derived(key, 'sign')
  const sealing = derived(key, 'seal')

  const lasting = (token: string): string | undefined => {
    const claims = verify(token, signing, clock.now())
    if (claims === undefined) return token
    return unseal(String(claims['origin']), sealing)
  }
  const callerOf = async (token: string) => {
    const origin = lasting(token)
    return origin === undefined ? undefined : access.callerOf(origin)
  }

  return {
    callerOf,
    give: async (token, { dataspace } = {}) => {
      const origin = lasting(token)
      const caller = origin === undefined ? undefined : await access.callerOf(origin)
      if (origin === undefined || caller === undefined) return undefined
      const issuedAt = Math.floor(clock.now().getTime() / 1000)
      const scope = scopeOf(caller)
      const claims = {
        iss: tenant,
        sub: caller.name,
        jti: ids.next(),
        iat: issuedAt,
        exp: issuedAt + lifeS,
        audienceTenantId: tenant,
        scope,
        ...(dataspace !== undefined && { dataspace }),
        origin: seal(origin, sealing, ids.secret()),
      }
      return { token: sign(claims, signing), scope, expiresInS: lifeS }
    },
  }
}

const derived = (key: Uint8Array, use: string) =>
  new Uint8Array(hkdfSync('sha256', key, new Uint8Array(), `data-cloud ${use}`, 32))

const scopes = {
  read: ['cdp_query_api', 'cdp_profile_api'],
  read_customers: [],
  write: ['cdp_ingest_api'],
  admin: [],
} as const

const scopeOf = ({ rights }: Caller) =>
  ['api', ...rights.flatMap((right): readonly string[] => scopes[right])].join(' ')
