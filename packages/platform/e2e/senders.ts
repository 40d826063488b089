import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Server, World } from './world.ts'

/** Sets up the sender `site`; its write key. */
export async function addSite(server: Server): Promise<string> {
  // The endpoint answers with this shape; see the runs room.
  const { write_key } = (await server.call('POST', '/senders', { key: 'site' })) as {
    write_key: string
  }
  return write_key
}

/** How the way in is doing. */
export interface IntakeState {
  readonly log: { readonly head: number; readonly waiting_bytes: number; readonly trouble?: string }
  readonly lake: { readonly position: number; readonly behind: number; readonly trouble?: string }
}

/** Asks how the way in is doing. */
export const intakeOf = async (server: Server): Promise<IntakeState> =>
  // The endpoint answers with this shape; see the collect room.
  (await server.call('GET', '/intake')) as IntakeState

/** Waits until all of the log is in the lake. */
export async function untilInLake(server: Server): Promise<void> {
  for (const since = Date.now(); ; await sleep(50)) {
    const { lake } = await intakeOf(server)
    if (lake.behind === 0) return
    if (Date.now() - since > 60_000) throw new Error(`the lake stays behind: ${lake.trouble}`)
  }
}

/** An event as a client sends it. */
export interface Sent {
  readonly type: string
  readonly messageId: string
  readonly [member: string]: unknown
}

/** Posts events in one request by our own wire. */
export const post = (address: string, writeKey: string, batch: readonly Sent[]) =>
  fetch(`${address}/events/v1/batch`, {
    method: 'POST',
    body: JSON.stringify({ writeKey, sentAt: new Date().toISOString(), batch }),
    signal: AbortSignal.timeout(20_000),
  })

/** Sends a batch until it is acknowledged, wherever the server is by then; how often it was sent. */
export async function sendUntilTaken(
  world: World,
  writeKey: string,
  batch: readonly Sent[],
): Promise<{ readonly tries: number; readonly statuses: readonly string[] }> {
  for (let tries = 1; ; tries++) {
    const answer = await attempt(world, writeKey, batch)
    if (answer !== undefined) return { tries, statuses: answer }
    await sleep(30)
  }
}

async function attempt(world: World, writeKey: string, batch: readonly Sent[]) {
  try {
    const answer = await post(addressOf(world), writeKey, batch)
    const said = await answer.text()
    if (answer.status >= 500 || answer.status === 429) return undefined
    if (answer.status !== 200) throw new Refused(`${answer.status}: ${said}`)
    // The wire answers with this shape; see the events wire.
    const { results } = JSON.parse(said) as { results: { status: string }[] }
    return results.map(({ status }) => status)
  } catch (thrown) {
    if (thrown instanceof Refused) throw thrown
    return undefined
  }
}

class Refused extends Error {}

function addressOf({ data }: World): string {
  const { address } = JSON.parse(readFileSync(join(data, 'server.json'), 'utf8'))
  return address
}
