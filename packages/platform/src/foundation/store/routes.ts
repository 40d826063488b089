import type { Caller } from '#kernel/caller.ts'
import { type Route, route } from '#kernel/route.ts'
import { secretBody, secretNames, secretParams } from './api.ts'
import type { Secrets } from './secrets.ts'
import type { Store } from './store.ts'

const common = { tag: 'secrets' } as const

/** The HTTP face of secrets: they go in and can be named, but never come out. */
export function secretRoutes({
  store,
  secrets,
  record,
}: {
  readonly store: Store
  readonly secrets: Secrets
  /** Writes down who changed what; given by whoever wires the rooms, for the store knows no other room. */
  readonly record: (caller: Caller, verb: string, subject: string) => Promise<unknown>
}): readonly Route[] {
  return [
    route({
      ...common,
      method: 'GET',
      path: '/secrets',
      summary: 'Names of all secrets',
      may: 'read',
      answer: secretNames,
      run: () => secrets.list(),
    }),
    route({
      ...common,
      method: 'PUT',
      path: '/secrets/:name',
      summary: 'Set a secret',
      may: 'write',
      params: secretParams,
      body: secretBody,
      run: ({ params, body, caller }) =>
        store.transaction(async () => {
          await secrets.set(params.name, body.value)
          await record(caller, 'secret.set', `secret:${params.name}`)
        }),
    }),
    route({
      ...common,
      method: 'DELETE',
      path: '/secrets/:name',
      summary: 'Remove a secret',
      may: 'write',
      params: secretParams,
      run: ({ params, caller }) =>
        store.transaction(async () => {
          await secrets.remove(params.name)
          await record(caller, 'secret.remove', `secret:${params.name}`)
        }),
    }),
  ]
}
