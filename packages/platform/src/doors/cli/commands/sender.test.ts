import { execFileSync } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { afterAll, expect, test } from 'vitest'
import { snippets } from './sender.ts'

const sent: unknown[] = []
const server = createServer(async (request, answer) => {
  sent.push({ url: request.url, body: await json(request) })
  answer.end('{"results":[]}')
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
afterAll(() => server.close())
const host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

/** The code under a heading, up to the next one. */
function codeUnder(heading: string): string {
  const [, after = ''] = snippets({ host, writeKey: 'k1' }).split(`in ${heading}:\n\n`)
  return after.split(/\n\n(?:in a |libraries )/)[0] ?? ''
}

test('what is shown for Node and for a shell can be copied and sends what it says', async () => {
  const code = codeUnder('Node')
  // An awaiting expression at the top level, as a module has it.
  await import(`data:text/javascript,${encodeURIComponent(code.replace('console.log', 'void '))}`)
  expect(sent.at(-1)).toMatchObject({
    url: '/events/v1/batch',
    body: { writeKey: 'k1', batch: [{ type: 'track', event: 'Order Completed', userId: 'u-17' }] },
  })
  const shell = codeUnder('a shell').replace(/^curl /, 'printf "%s" ')
  const printed = execFileSync('sh', ['-c', shell], { encoding: 'utf8' })
  const body = JSON.parse(printed.slice(printed.indexOf('{')))
  expect(body).toMatchObject({ writeKey: 'k1', batch: [{ type: 'identify', userId: 'u-17' }] })
})
