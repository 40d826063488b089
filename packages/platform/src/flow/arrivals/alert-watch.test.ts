import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '#kernel/clock.ts'
import { type Log, silentLog } from '#kernel/log.ts'
import { makeOutgoing } from '#outgoing'
import { makeAlertWatch } from './alert-watch.ts'
import type { Alert } from './api.ts'

const alertOn = (stream: string, received = 0): Alert => ({
  stream,
  label: stream,
  hour: '2026-11-22T10:00:00.000Z',
  received,
  expected: 100,
  low: 60,
  high: 140,
  kind: 'low',
  say: `${stream}: ${received} events`,
})

/** A server that takes alerts, or refuses them with a status. */
async function receiver() {
  const state = { status: 200, got: [] as unknown[] }
  const server = createServer(async (request, response) => {
    const body = await json(request)
    if (state.status === 200) state.got.push(body)
    response.writeHead(state.status).end()
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => void server.close())
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  const network = makeOutgoing({
    allowPrivate: [`127.0.0.1:${port}`],
    timeoutMs: 2000,
    clock: systemClock,
    log: silentLog,
  })
  onTestFinished(() => network.close())
  return { state, network, url: `http://127.0.0.1:${port}/alerts` }
}

function linesOf() {
  const lines: unknown[] = []
  const log: Log = { ...silentLog, warn: (what, details) => void lines.push([what, details]) }
  return { lines, log }
}

test('what is unusual is logged and sent once, and sent again when it could not be', async () => {
  const { state, network, url } = await receiver()
  const { lines, log } = linesOf()
  let found: Alert[] = [alertOn('web')]
  const watch = makeAlertWatch({ alerts: async () => found, log, network, url })
  state.status = 503
  await watch.look()
  expect(state.got).toEqual([])
  expect(lines).toMatchObject([
    ['unusual volume', { stream: 'web', say: 'web: 0 events' }],
    [expect.stringMatching(/could not be told/), { why: expect.stringMatching(/503/) }],
  ])
  state.status = 200
  await watch.look()
  await watch.look()
  expect(state.got).toEqual([{ alerts: [alertOn('web')] }])
  found = [alertOn('web', 7), alertOn('shop')]
  await watch.look()
  expect(state.got.at(-1)).toEqual({ alerts: [alertOn('shop')] })
  expect(lines.filter((line) => String(line).startsWith('unusual')).length).toBe(2)
})

test('without an address alerts are only logged; a look that fails ends nothing', async () => {
  const { network } = await receiver()
  const { lines, log } = linesOf()
  const answers = [Promise.reject(new Error('no engine')), Promise.resolve([alertOn('web')])]
  const alerts = () => answers.shift() ?? Promise.resolve([])
  const watch = makeAlertWatch({ alerts, log, network, url: '' })
  await watch.look()
  await watch.look()
  expect(lines.map((line) => String(line).split(',')[0])).toEqual([
    'alerts could not be told; they will be with the next look',
    'unusual volume',
  ])
})
