import type { RequestListener } from 'node:http'
import { createServer, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, expect, test } from 'vitest'
import { systemClock } from '#kernel/clock.ts'
import { jsonLog, silentLog } from '#kernel/log.ts'
import type { Lookup } from './gate.ts'
import { makeOutgoing, type OutgoingRequest, type OutgoingTools } from './outgoing.ts'
import { makeCertificate, startReceiver } from './testing/index.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function receiver(answer: RequestListener, certificate?: { key: string; cert: string }) {
  const started = await startReceiver(answer, certificate)
  closing.push(started.close)
  return started.port
}

function outgoing(tools: Partial<OutgoingTools> = {}) {
  const made = makeOutgoing({
    allowPrivate: [],
    timeoutMs: 5000,
    clock: systemClock,
    log: silentLog,
    ...tools,
  })
  closing.push(made.close)
  return made
}

const get = (url: string, more: Partial<OutgoingRequest> = {}): OutgoingRequest => ({
  method: 'GET',
  url,
  ...more,
})

/** A call to a local port that was allowed. */
const send = (port: number, more: Partial<OutgoingRequest> = {}) =>
  outgoing({ allowPrivate: [`127.0.0.1:${port}`] }).send(
    get(`http://127.0.0.1:${port}/in?secret=1`, more),
  )

const fault = (code: string, more: object = {}) =>
  expect.objectContaining({ code: `outgoing.${code}`, ...more })

// A name server that only we know: every name has these addresses, one answer after the other.
const names = (...answers: string[]): Lookup => {
  const left = [...answers]
  const lookup = (_host: string, _options: object, done: (...found: unknown[]) => void) => {
    const address = (left.length > 1 ? left.shift() : left[0]) ?? ''
    done(null, [{ address, family: address.includes(':') ? 6 : 4 }])
  }
  // `lookup` of node:dns has many forms; sockets use this one.
  return lookup as unknown as Lookup
}

test('sends method, path, headers and body, and hands back the answer', async () => {
  const port = await receiver(async (request, response) => {
    const { method, url, headers } = request
    const seen = { method, url, mark: headers['x-mark'], body: await text(request) }
    response.writeHead(418, { 'X-One': ['a', 'b'] }).end(JSON.stringify(seen))
  })
  const answer = await send(port, { method: 'POST', headers: { 'X-Mark': 'm' }, body: 'höhe' })
  expect(answer).toMatchObject({ status: 418, headers: { 'x-one': 'a, b' } })
  expect(JSON.parse(answer.text)).toEqual({
    method: 'POST',
    url: '/in?secret=1',
    mark: 'm',
    body: 'höhe',
  })
})

test.each([
  'http://127.0.0.1:PORT/',
  'http://2130706433:PORT/',
  'http://0x7f.1:PORT/',
  'http://[::1]:PORT/',
  'http://[::ffff:127.0.0.1]:PORT/',
  'http://localhost:PORT/',
  'https://localhost:PORT/',
  'http://0.0.0.0:PORT/',
  'http://169.254.169.254/latest/meta-data',
])('does not call %s', async (url) => {
  let calls = 0
  const port = await receiver((_, response) => {
    calls += 1
    response.end()
  })
  const call = outgoing().send(get(url.replace('PORT', String(port))))
  await expect(call).rejects.toThrow(fault('private_address', { status: 422 }))
  expect(calls).toBe(0)
})

test.each(['localhost:PORT', '127.0.0.1:PORT', 'LocalHost:PORT'])(
  'calls localhost where %s is allowed, and no other port',
  async (entry) => {
    const port = await receiver((_, response) => response.end('in'))
    const out = outgoing({
      allowPrivate: [entry.replace('PORT', String(port))],
      lookup: names('127.0.0.1'),
    })
    expect((await out.send(get(`http://localhost:${port}/`))).text).toBe('in')
    await expect(out.send(get(`http://localhost:${port + 1}/`))).rejects.toThrow(
      fault('private_address'),
    )
  },
)

test('a refusal says which address it is, and what would allow it', async () => {
  await expect(outgoing().send(get('http://127.0.0.1:81/'))).rejects.toThrow(
    /^127\.0\.0\.1 is not a public address; .* TESSERA_ALLOW_PRIVATE=127\.0\.0\.1:81$/,
  )
  const named = outgoing({ lookup: names('127.0.0.1') }).send(get('https://shop.example/'))
  await expect(named).rejects.toThrow(
    /^shop\.example leads to 127\.0\.0\.1, which is not .* TESSERA_ALLOW_PRIVATE=shop\.example:443$/,
  )
})

test('a name that moves to another address between two calls gains nothing', async () => {
  const port = await receiver((_, response) => response.setHeader('connection', 'close').end())
  const allowPrivate = [`127.0.0.1:${port}`]
  const out = outgoing({ allowPrivate, lookup: names('127.0.0.1', '127.0.0.2') })
  const call = () => out.send(get(`http://rebind.example:${port}/`))
  expect((await call()).status).toBe(200)
  await expect(call()).rejects.toThrow(fault('private_address'))
})

test('a name with one bad address among good ones is refused', async () => {
  const lookup = ((_host: string, _options: object, done: (...found: unknown[]) => void) =>
    done(null, [
      { address: '1.1.1.1', family: 4 },
      { address: '10.0.0.1', family: 4 },
    ])) as unknown as Lookup
  const call = outgoing({ lookup }).send(get('http://both.example/'))
  await expect(call).rejects.toThrow(fault('private_address'))
})

test.each(['nonsense', 'localhost', '[::1]', 'localhost:port', 'a/b:80', 'user@host:80'])(
  'refuses the allowance %s',
  (entry) => {
    expect(() => outgoing({ allowPrivate: [entry] })).toThrow(fault('bad_allowance'))
  },
)

test.each([
  ['no address', 'example.com/in'],
  ['a file', 'file:///etc/passwd'],
  ['another protocol', 'gopher://example.com/'],
  ['a password', 'https://ada:secret@example.com/'],
])('refuses %s', async (_, url) => {
  await expect(outgoing().send(get(url))).rejects.toThrow(
    fault('bad_address', { message: expect.not.stringContaining('secret') }),
  )
})

test('logs who was called, but no path and no query', async () => {
  const lines: string[] = []
  const log = jsonLog({ write: (line) => lines.push(line), now: () => new Date(0), level: 'debug' })
  const port = await receiver((_, response) => response.end())
  const place = `127.0.0.1:${port}`
  await outgoing({ allowPrivate: [place], log }).send(get(`http://${place}/hook/T0K3N?key=K3Y`))
  expect(lines.join()).toContain('"status":200')
  expect(lines.join()).not.toMatch(/T0K3N|K3Y/)
})

test('refuses headers that would break out of their line', async () => {
  const call = send(1, { headers: { 'x-a': 'b\r\nx-c: d' } })
  await expect(call).rejects.toThrow(fault('bad_request'))
})

test('does not follow redirects, but says where they pointed', async () => {
  const port = await receiver((_, response) => {
    response.writeHead(307, { location: 'http://169.254.169.254/x?token=1' }).end('gone')
  })
  const message = `http://127.0.0.1:${port} answered 307 and pointed to http://169.254.169.254/x`
  await expect(send(port)).rejects.toThrow(fault('redirect', { message }))
})

test('reads no more of an answer than was allowed', async () => {
  const port = await receiver((_, response) => {
    const more = setInterval(() => response.write('x'.repeat(1000)), 1)
    response.on('close', () => clearInterval(more))
  })
  await expect(send(port, { maxAnswerBytes: 5000 })).rejects.toThrow(fault('too_large'))
})

test.each<[string, RequestListener]>([
  ['never answers', () => {}],
  ['hangs after the headers', (_, response) => void response.flushHeaders()],
  ['hangs within the body', (_, response) => void response.write('half')],
  [
    'trickles',
    (_, response) => {
      const more = setInterval(() => response.write('.'), 20)
      response.on('close', () => clearInterval(more))
    },
  ],
])('gives up on a receiver that %s', async (_, answer) => {
  const port = await receiver(answer)
  await expect(send(port, { timeoutMs: 150 })).rejects.toThrow(fault('timeout', { status: 504 }))
})

test('stops when the caller stops, with the reason of the caller', async () => {
  const port = await receiver(() => {})
  const reason = new Error('enough')
  const stop = new AbortController()
  setTimeout(() => stop.abort(reason), 50)
  await expect(send(port, { signal: stop.signal })).rejects.toBe(reason)
  await expect(send(port, { signal: stop.signal })).rejects.toBe(reason)
})

test('says when nobody is there', async () => {
  const started = await startReceiver(() => {})
  await started.close()
  const message = `http://127.0.0.1:${started.port} cannot be reached: nothing listens there`
  await expect(send(started.port)).rejects.toThrow(fault('unreachable', { message, status: 502 }))
})

test('says when a name has no address', async () => {
  const call = outgoing().send(get('http://nobody.invalid/'))
  await expect(call).rejects.toThrow(fault('unreachable'))
})

test('says when the receiver hangs up', async () => {
  const port = await receiver((request) => request.socket.destroy())
  await expect(send(port)).rejects.toThrow(fault('unreachable'))
})

test.each([
  ['does not speak HTTP', 'SSH-2.0-server\r\n'],
  ['promises more than it sends', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort'],
])('says when the receiver %s', async (_, said) => {
  const port = await plainServer((socket) => socket.once('data', () => socket.end(said)))
  await expect(send(port)).rejects.toThrow(
    fault(said.startsWith('SSH') ? 'bad_answer' : 'unreachable'),
  )
})

async function plainServer(answer: (socket: Socket) => void): Promise<number> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => server.close())
  const address = server.address()
  return typeof address === 'object' ? (address?.port ?? 0) : 0
}

const year = 365 * 86_400_000
const thisYear = [new Date(Date.now() - year), new Date(Date.now() + year)] as const

/** Calls a TLS receiver under a name of our own. */
async function sendSecurely(
  certificate: { key: string; cert: string },
  trust: readonly string[] = [certificate.cert],
) {
  const port = await receiver((_, response) => response.end('sealed'), certificate)
  const host = `shop.example:${port}`
  const out = outgoing({ allowPrivate: [host], lookup: names('127.0.0.1'), trust })
  return out.send(get(`https://${host}/`))
}

test('speaks TLS', async () => {
  expect((await sendSecurely(makeCertificate('shop.example', thisYear))).text).toBe('sealed')
})

test.each([
  ['nobody signed', () => sendSecurely(makeCertificate('shop.example', thisYear), [])],
  ['is for another name', () => sendSecurely(makeCertificate('bank.example', thisYear))],
  [
    'is too old',
    () => sendSecurely(makeCertificate('shop.example', [new Date(0), new Date(year)])),
  ],
])('refuses a certificate that %s', async (_, call) => {
  await expect(call()).rejects.toThrow(fault('tls', { status: 502 }))
})

test('says when a port does not speak TLS', async () => {
  const port = await receiver((_, response) => response.end())
  const out = outgoing({ allowPrivate: [`127.0.0.1:${port}`] })
  await expect(out.send(get(`https://127.0.0.1:${port}/`))).rejects.toThrow(fault('tls'))
})

test('hands back a long answer piece by piece, and lets go when the reader stops', async () => {
  const port = await receiver((_, response) => {
    response.setHeader('x-kind', 'long')
    for (let i = 0; i < 100; i++) response.write('x'.repeat(50_000))
    response.end()
  })
  const out = outgoing({ allowPrivate: [`127.0.0.1:${port}`] })
  const url = `http://127.0.0.1:${port}/`
  const whole = await out.receive(get(url))
  let bytes = 0
  for await (const piece of whole.body) bytes += piece.length
  expect([whole.status, whole.headers['x-kind'], bytes]).toEqual([200, 'long', 5_000_000])
  for await (const piece of (await out.receive(get(url))).body) {
    expect(piece.length).toBeGreaterThan(0)
    break
  }
})

test('says what went wrong with a long answer that hangs or breaks off', async () => {
  const port = await receiver((request, response) => {
    response.write('begin')
    if (request.url === '/break') setTimeout(() => response.destroy(), 20)
  })
  const out = outgoing({ allowPrivate: [`127.0.0.1:${port}`], timeoutMs: 1000 })
  const read = async (path: string) => {
    for await (const _ of (await out.receive(get(`http://127.0.0.1:${port}${path}`))).body);
  }
  await expect(read('/break')).rejects.toEqual(fault('unreachable'))
  await expect(read('/hang')).rejects.toEqual(fault('timeout'))
})

test('opens sockets to public and allowed places only', async () => {
  const server = createServer((socket) => socket.end('hello'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => server.close())
  const address = server.address()
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0
  const to = { host: '127.0.0.1', port }
  expect(await text(await outgoing({ allowPrivate: [`127.0.0.1:${port}`] }).connect(to))).toBe(
    'hello',
  )
  await expect(outgoing().connect(to)).rejects.toEqual(fault('private_address'))
  await expect(
    outgoing({ lookup: names('10.0.0.1') }).connect({ ...to, host: 'db.example' }),
  ).rejects.toEqual(fault('private_address'))
  await expect(
    outgoing({ allowPrivate: ['127.0.0.1:1'] }).connect({ host: '127.0.0.1', port: 1 }),
  ).rejects.toEqual(fault('unreachable'))
})
