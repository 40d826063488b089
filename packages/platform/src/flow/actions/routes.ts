import type { Caller } from '#kernel/caller.ts'
import { list } from '#kernel/read.ts'
import { type Route, route } from '#kernel/route.ts'
import type { Actions } from './actions.ts'
import {
  actionAnswer,
  actionParams,
  changedAnswer,
  chosenBody,
  firingAnswer,
  firingsQuery,
  triedAnswer,
  tryBody,
} from './api.ts'

const tag = 'actions'

/** The HTTP face of actions. They are defined with the other definitions, as kind `action`. */
export const actionRoutes = (of: {
  readonly actions: Actions
  /** Writes down who did what; given by whoever wires the rooms. */
  readonly record: (caller: Caller, verb: string, subject: string) => Promise<unknown>
}): readonly Route[] => [...readingRoutes(of.actions), ...changingRoutes(of)]

const readingRoutes = (actions: Actions) => [
  route({
    method: 'GET',
    path: '/actions',
    summary: 'All actions: what they wait for, in which lane, and what has become of it',
    tag,
    may: 'read',
    answer: list(actionAnswer),
    run: () => actions.list(),
  }),
  route({
    method: 'GET',
    path: '/actions/:key',
    summary: 'An action with its ledger',
    tag,
    may: 'read',
    params: actionParams,
    answer: actionAnswer,
    run: ({ params }) => actions.get(params.key),
  }),
  route({
    method: 'POST',
    path: '/actions/try',
    summary: 'What a rule that is still being written would have done; nothing is sent',
    tag,
    may: 'read',
    body: tryBody,
    answer: triedAnswer,
    run: ({ body, signal }) => actions.tryOut(body, signal),
  }),
  route({
    method: 'GET',
    path: '/action-firings',
    summary: 'What was met and what has become of it, newest first',
    tag,
    may: 'read',
    query: firingsQuery,
    answer: list(firingAnswer),
    run: ({ query: { before, limit, ...filter } }) =>
      actions.firings({
        ...filter,
        before: before === undefined ? undefined : Number(before),
        limit: limit === undefined ? undefined : Number(limit),
      }),
  }),
]

const changingRoutes = ({ actions, record }: Parameters<typeof actionRoutes>[0]) => [
  route({
    method: 'POST',
    path: '/action-firings/retry',
    summary: 'Try again what was given up: one, of an action, of a person, of a time, or all',
    tag,
    may: 'write',
    body: chosenBody,
    answer: changedAnswer,
    run: async ({ body, caller }) => {
      const firings = await actions.retry(body)
      await record(caller, 'action.retry', `action:${body.action ?? '*'}`)
      return { firings }
    },
  }),
  route({
    method: 'POST',
    path: '/action-firings/cancel',
    summary: 'Take back what waits: one, of an action, of a person, of a time, or all',
    tag,
    may: 'write',
    body: chosenBody,
    answer: changedAnswer,
    run: async ({ body, caller }) => {
      const firings = await actions.cancel(body, caller.name)
      await record(caller, 'action.cancel', `action:${body.action ?? '*'}`)
      return { firings }
    },
  }),
]
