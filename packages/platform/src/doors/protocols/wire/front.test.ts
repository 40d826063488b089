import { connect, type Socket } from 'node:net'
import { text as readText } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { stoppedClock, systemClock } from '#kernel/clock.ts'
import { jsonLog, silentLog } from '#kernel/log.ts'
import { jsonAnswer } from './answer.ts'
import { gone } from './body.ts'
import { type Endpoint, makeFront } from './front.ts'
import { makeJsonReader } from './read-json.ts'
import { busy, openDoor, trouble } from './testing/index.ts'

const limits = { mostBytes: 100_000, mostOpenBytes: 150_000, mostRatio: 100 }

/** A front that says what it read, behind a socket. */
async function openEcho(
  options: Parameters<typeof openDoor>[1] = {},
  log = silentLog,
  more: { readonly slowMs?: number } = {},
) {
  const read: unknown[] = []
  const readJson = makeJsonReader({ ...limits, ...more })
  const endpoints: Record<string, Endpoint> = {
    '/echo': {
      method: 'POST',
      answer: async ({ request }) => {
        const received = await readJson(request)
        read.push(received)
        return received === gone ? gone : jsonAnswer(200, received.value)
      },
    },
    '/look': { method: 'GET', answer: ({ query }) => jsonAnswer(200, query?.get('at') ?? null) },
    '/bug': {
      method: 'POST',
      answer: () => {
        throw new Error('secret /etc/path of bob@example.com')
      },
    },
    '/busy': { method: 'POST', answer: () => Promise.reject(busy(0.2)) },
    '/trouble': { method: 'POST', answer: () => Promise.reject(trouble()) },
  }
  const clock = stoppedClock(new Date('2026-11-22T10:00:00Z'))
  const front = makeFront((path) => endpoints[path], { clock, log })
  const door = await openDoor(front, options)
  onTestFinished(() => door[Symbol.asyncDispose]())
  return { ...door, read, clock }
}

const post = (url: string, body: string, headers: Record<string, string> = {}) =>
  fetch(url, { method: 'POST', body, headers })

/** A client that speaks bytes. */
async function dial(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  onTestFinished(() => void socket.destroy())
  await new Promise<void>((settle) => socket.once('connect', settle))
  return socket
}

const head = (more: string) => `POST /echo HTTP/1.1\r\nHost: x\r\n${more}\r\n\r\n`

describe('answers', () => {
  test('a body of any type and label, on one connection after another', async () => {
    const { url } = await openEcho()
    for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded']) {
      const answer = await post(`${url}/echo?x=1`, '{"a":1}', { 'content-type': type })
      expect(answer.status).toBe(200)
      expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
      expect(await answer.json()).toEqual({ a: 1 })
    }
    expect(await (await fetch(`${url}/look?at=home`)).json()).toBe('home')
    expect((await fetch(`${url}/look`, { method: 'HEAD' })).status).toBe(200)
  })

  test('JSON that is none, with its place', async () => {
    const { url } = await openEcho()
    const answer = await post(`${url}/echo`, '{"a":1,}')
    expect(answer.status).toBe(400)
    expect(await answer.json()).toEqual({
      success: false,
      error: {
        code: 'wire.not_json',
        message:
          'the body is not JSON: expected a name, found "}" at character 7 (line 1, column 8)',
      },
    })
    expect((await post(`${url}/echo`, '')).status).toBe(400)
  })

  test('the wrong method, naming the right one', async () => {
    const { url } = await openEcho()
    const answer = await fetch(`${url}/echo`)
    expect(answer.status).toBe(405)
    expect(answer.headers.get('allow')).toBe('POST')
  })

  test('pressure with whole seconds, trouble with patience', async () => {
    const { url } = await openEcho()
    const pressed = await post(`${url}/busy`, '{}')
    expect(pressed.status).toBe(429)
    expect(pressed.headers.get('retry-after')).toBe('1')
    const troubled = await post(`${url}/trouble`, '{}')
    expect(troubled.status).toBe(503)
    expect(troubled.headers.get('retry-after')).toBe('5')
    expect(await troubled.text()).not.toContain('/data')
  })

  test('a bug with nothing of itself; the log has it, once a second', async () => {
    const lines: string[] = []
    const log = jsonLog({ write: (line) => lines.push(line), now: systemClock.now })
    const { url, clock } = await openEcho({}, log)
    for (let i = 0; i < 3; i++) {
      const answer = await post(`${url}/bug`, '{}')
      expect(answer.status).toBe(500)
      expect(await answer.text()).not.toMatch(/etc|bob|front\.test/)
    }
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('secret /etc/path')
    clock.move(1500)
    await post(`${url}/bug`, '{}')
    expect(lines).toHaveLength(2)
    expect(lines[1]).toContain('"unsaid":2')
  })
})

describe('pages of other origins', () => {
  test('may ask once a day, with every header that client libraries send', async () => {
    const { url } = await openEcho()
    const answer = await fetch(`${url}/echo`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://shop.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,rsa-retry-attempt,<odd>',
      },
    })
    expect(answer.status).toBe(204)
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'access-control-allow-origin': 'https://shop.example',
      'access-control-allow-methods': 'GET, POST, OPTIONS',
      'access-control-max-age': '86400',
    })
    const allowed = answer.headers.get('access-control-allow-headers')?.split(', ')
    for (const name of [
      'authorization',
      'content-type',
      'x-retry-count',
      'anonymousid',
      'sentat',
      'x-write-key',
      'rsa-retry-attempt',
    ])
      expect(allowed).toContain(name)
    expect(allowed).not.toContain('<odd>')
  })

  test('may read the answer, whatever it is, and when to try again', async () => {
    const { url } = await openEcho()
    for (const path of ['/echo', '/busy', '/bug']) {
      const answer = await post(url + path, '{}', { origin: 'https://shop.example' })
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'access-control-allow-origin': 'https://shop.example',
        vary: 'Origin',
      })
      const exposed = answer.headers.get('access-control-expose-headers')
      expect(exposed).toBe(answer.ok ? null : 'Retry-After, X-RateLimit-Reset')
    }
    expect((await post(`${url}/echo`, '{}')).headers.has('access-control-allow-origin')).toBe(false)
  })
})

describe('slow and broken clients', () => {
  test('too much is refused before it is read', async () => {
    const { url } = await openEcho()
    const socket = await dial(url)
    socket.write(head('Content-Length: 9000000'))
    const answer = await readText(socket)
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    expect(answer).toMatch(/connection: close/i)
    expect(answer).toContain('wire.too_large')
  })

  test('too much that was not announced is refused where it becomes too much', async () => {
    const { url } = await openEcho()
    const socket = await dial(url)
    socket.write(head('Transfer-Encoding: chunked'))
    const chunk = `4e20\r\n${'x'.repeat(20_000)}\r\n`
    for (let i = 0; i < 6; i++) socket.write(chunk)
    const answer = await readText(socket)
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
  })

  test('a client that writes everything before it reads still gets its answer', async () => {
    const { url } = await openEcho()
    const answer = await post(`${url}/echo`, 'x'.repeat(3_000_000))
    expect(answer.status).toBe(413)
  })

  test('a client that leaves in the middle is forgotten', async () => {
    const { url, read } = await openEcho()
    const socket = await dial(url)
    socket.write(`${head('Content-Length: 1000')}{"a":`)
    await pause(50)
    socket.destroy()
    await expect.poll(() => read).toEqual([gone])
    expect((await post(`${url}/echo`, '{}')).status).toBe(200)
  })

  test('a client that speaks too slowly is let go, and may try again', async () => {
    const options = { requestTimeout: 200, headersTimeout: 200, connectionsCheckingInterval: 50 }
    const { url, read } = await openEcho({ options })
    const socket = await dial(url)
    socket.write(`${head('Content-Length: 1000')}{`)
    expect(await readText(socket)).toMatch(/^HTTP\/1\.1 408 /)
    expect(read).toEqual([gone])
  })

  test('a body in single bytes is the same body', async () => {
    const { url } = await openEcho()
    const socket = await dial(url)
    socket.setNoDelay(true)
    const body = '{"name":"Zoë"}'
    socket.write(head(`Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close`))
    for (const byte of Buffer.from(body)) {
      socket.write(Buffer.of(byte))
      await pause(1)
    }
    expect(await readText(socket)).toContain(body)
  })

  test('many slow ones together cannot fill the memory', async () => {
    const { url } = await openEcho()
    const begun = `${head('Content-Length: 90000')}${'x'.repeat(80_000)}`
    const first = await dial(url)
    first.write(begun)
    await pause(50)
    const second = await dial(url)
    second.write(begun)
    const answer = await readText(second)
    expect(answer).toMatch(/^HTTP\/1\.1 429 /)
    expect(answer).toMatch(/\r\nretry-after: 1\r\n/i)
    // With the first gone there is room again.
    first.destroy()
    await expect.poll(async () => (await post(`${url}/echo`, '{}')).status).toBe(200)
    expect((await post(`${url}/echo`, `"${'x'.repeat(90_000)}"`)).status).toBe(200)
  })

  test('those who stand still make room for who comes', async () => {
    const { url } = await openEcho({}, silentLog, { slowMs: 0 })
    const still = await Promise.all(
      [1, 2, 3].map(async () => {
        const socket = await dial(url)
        socket.write(`${head('Content-Length: 90000')}${'x'.repeat(40_000)}`)
        return socket
      }),
    )
    const answers = still.map((socket) => readText(socket))
    await pause(50)
    // Room for one more small one, and for none that is large.
    expect((await post(`${url}/echo`, `"${'x'.repeat(90_000)}"`)).status).toBe(200)
    const toldFirst = await Promise.race(answers)
    expect(toldFirst).toMatch(/^HTTP\/1\.1 429 /)
    expect(toldFirst).toMatch(/\r\nretry-after: 1\r\n/i)
    expect((await post(`${url}/echo`, `"${'x'.repeat(90_000)}"`)).status).toBe(200)
  })

  test('what is no HTTP harms nobody', async () => {
    const { url } = await openEcho()
    const socket = await dial(url)
    socket.write('\u0000\u0001nonsense\r\n\r\n')
    expect(await readText(socket)).toMatch(/^HTTP\/1\.1 400 /)
    expect((await post(`${url}/echo`, '{}')).status).toBe(200)
  })
})
