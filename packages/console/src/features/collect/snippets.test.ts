import { expect, test } from 'vitest'
import { snippetsFor } from './snippets.ts'

const to = { host: 'https://cdp.example.org', writeKey: 'wk_1' }

test('every snippet names the host and the key', () => {
  for (const { text } of snippetsFor(to, 'browser')) {
    expect(text).toContain(to.host)
    expect(text).toContain(to.writeKey)
  }
})

test('a browser begins with the script, a server with what any program can do', () => {
  const [browser, server] = [snippetsFor(to, 'browser'), snippetsFor(to, 'server')]
  expect(browser[0]?.key).toBe('script')
  expect(server[0]?.key).toBe('curl')
  expect(browser.map(({ key }) => key).toSorted()).toEqual(server.map(({ key }) => key).toSorted())
})

test('the body for curl is JSON', () => {
  const { text } = snippetsFor(to, 'server')[0]!
  const body: unknown = JSON.parse(/-d '([\s\S]*)'$/.exec(text)?.[1] ?? '')
  expect(body).toMatchObject({ writeKey: to.writeKey, batch: [{ type: 'track' }] })
})
