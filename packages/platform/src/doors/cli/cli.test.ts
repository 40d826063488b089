import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { runCli } from './cli.ts'
import { httpClient } from './client.ts'

/** What the command line says, and its exit code. */
async function said(args: readonly string[], address = 'http://127.0.0.1:1') {
  const out: string[] = []
  const err: string[] = []
  const code = await runCli({
    args,
    stdout: (of) => void out.push(of),
    stderr: (of) => void err.push(of),
    isTerminal: false,
    dataFolder: 'data',
    definitionsFolder: 'definitions',
    connect: async (dataFolder) => httpClient({ address, token: 'secret', dataFolder }),
    serve: () => Promise.reject(new Error('nothing is served')),
    openHouse: () => Promise.reject(new Error('nothing is tested')),
    now: () => new Date(0),
    signal: new AbortController().signal,
  })
  return { code, out: out.join(''), err: err.join('') }
}

test.each(['--help', '-h'])('%s after a command is help on that command', async (help) => {
  const asked = await said(['query', 'select 1', help])
  expect(asked).toEqual(await said(['help', 'query']))
  expect(asked.code).toBe(0)
})

test('after -- there are words, not options', async () => {
  expect((await said(['identity-graph', '--', '--help'])).err).toMatch('cli.missing_word')
})

test('the overview tells how to ask about one command', async () => {
  expect((await said(['--help'])).out).toContain('tessera help <command>')
})

test.each([
  [431, '{"error":"Request Header Fields Too Large","statusCode":431}', 'shorter'],
  [502, '<html>Bad Gateway</html>', 'proxy'],
  [200, '<html>Welcome</html>', 'proxy'],
  [503, '', 'proxy'],
])('an answer %d that is not of Tessera is told with what to do', async (status, body, todo) => {
  const server = createServer((_, answer) => answer.writeHead(status).end(body))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  // A server that listens on TCP has an address of this shape.
  const { port } = server.address() as AddressInfo
  const { code, err } = await said(['query', 'select 1'], `http://127.0.0.1:${port}`)
  server.close()
  expect(code).toBe(1)
  expect(err).toContain(`the HTTP status ${status}`)
  expect(err).toContain(todo)
  expect(err).toContain('[cli.no_answer]')
})
