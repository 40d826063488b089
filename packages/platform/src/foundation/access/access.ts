import type { Audit } from '#audit'
import { type Caller, type Right, systemCaller } from '#kernel/caller.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Ids } from '#kernel/ids.ts'
import type { Store } from '#store'
import type { MadeToken, NewToken, Token } from './api.ts'
import { refuseUnfit } from './embedding.ts'
import { accessFaults } from './faults.ts'
import { firstTokenIn, keepFirstToken } from './first-token.ts'
import { type KeptToken, tokenRecords } from './records.ts'
import { digestOf, isSecretOf, printToken, readToken } from './token.ts'

/** Who may come in, and as whom. */
export interface Access {
  /** Makes sure that the file `token` in the data folder opens the door; its owner may do everything. */
  readonly ensureFirstToken: (folder: string) => Promise<void>
  /** The caller a token stands for; nobody when it is unknown or revoked. */
  readonly callerOf: (token: string) => Promise<Caller | undefined>
  /** Whose pages may show customers in a frame by a token, by its id; none when it is unknown or revoked. */
  readonly originsOf: (id: string) => Promise<readonly string[]>
  readonly list: () => Promise<readonly Token[]>
  /** Makes a token; its secret is given this once and kept nowhere. */
  readonly create: (caller: Caller, of: NewToken) => Promise<MadeToken>
  readonly revoke: (caller: Caller, id: string) => Promise<void>
}

/** What the token in the data folder is called. */
export const firstTokenName = 'owner'

/** The access of a store. */
export function makeAccess(tools: {
  readonly store: Store
  readonly audit: Audit
  readonly clock: Clock
  readonly ids: Ids
}): Access {
  const { store, audit, clock, ids } = tools
  const records = tokenRecords(store)
  const now = () => clock.now().toISOString()

  // Every request asks, so the tokens in use are kept in memory until one is made or revoked.
  let inUse: Promise<ReadonlyMap<string, KeptToken>> | undefined
  const forget = () => {
    inUse = undefined
  }
  const tokensInUse = () => {
    inUse ??= records.list().then(byId)
    inUse.catch(forget)
    return inUse
  }

  const access: Access = {
    async callerOf(text) {
      const parts = readToken(text)
      if (parts === undefined) return undefined
      const token = (await tokensInUse()).get(parts.id)
      return token && isSecretOf(token.digest, parts.secret) ? callerFrom(token) : undefined
    },
    originsOf: async (id) => (await tokensInUse()).get(id)?.origins ?? [],
    list: async () => (await records.list()).map(withoutDigest),
    create: async (caller, of) => {
      refuseUnfit(of)
      return store.transaction(async () => {
        const [id, secret] = [ids.next(), ids.secret()]
        const token: Token = { ...of, id, createdAt: now(), createdBy: caller.name }
        await records.add({ ...token, digest: digestOf(secret) })
        await audit.record(caller, 'token.create', `token:${id}`, of)
        store.afterCommit(forget)
        return { token, secret: printToken(id, secret) }
      })
    },
    revoke: (caller, id) =>
      store.transaction(async () => {
        await records.revoke(id, now())
        await audit.record(caller, 'token.revoke', `token:${id}`)
        store.afterCommit(forget)
      }),
    async ensureFirstToken(folder) {
      if (await access.callerOf(await firstTokenIn(folder))) return
      // The file is new, lost or of another store: what was called so before opens nothing any more.
      const { secret } = await store.transaction(async () => {
        const old = (await access.list()).find((t) => t.name === firstTokenName && !t.revokedAt)
        if (old) await access.revoke(systemCaller, old.id)
        return access.create(systemCaller, {
          name: firstTokenName,
          rights: [...systemCaller.rights],
        })
      })
      await keepFirstToken(folder, secret)
    },
  }
  return access
}

/** Lets a caller pass who has the right; tells apart who is not signed in and who is not allowed. */
export function demand(caller: Caller | undefined, right: Right): Caller {
  if (caller === undefined) throw accessFaults.not_signed_in({})
  const { name, rights } = caller
  const isAllowed =
    rights.includes(right) || (right === 'read_customers' && rights.includes('read'))
  if (!isAllowed) throw accessFaults.not_allowed({ caller: name, right, rights })
  return caller
}

const byId = (tokens: readonly KeptToken[]) =>
  new Map(tokens.filter(({ revokedAt }) => revokedAt === undefined).map((t) => [t.id, t]))

// Roles and field rules will be decided here.
const callerFrom = ({ name, rights, space }: Token): Caller => ({
  name,
  rights,
  spaces: space === undefined ? systemCaller.spaces : [space],
  ...(space === undefined ? {} : { within: space }),
})

const withoutDigest = ({ digest: _, ...token }: KeptToken): Token => token
