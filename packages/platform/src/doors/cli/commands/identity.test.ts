import { expect, test } from 'vitest'
import type { Call, CommandTools } from '../command.ts'
import { identityDecisions, identityLink, identityUnlink } from './identity.ts'

/** A door that answers every call with one decision and keeps what it was asked. */
function door() {
  const asked: unknown[] = []
  const printed: string[] = []
  const decision = {
    number: 7,
    kind: 'cannot_link',
    left: { stream: 'crm', id: '1' },
    right: { stream: 'shop', id: '2' },
    why: 'twins',
    by: 'ada',
    at: '2026-01-01T00:00:00Z',
  }
  const call = async (...of: unknown[]) => {
    asked.push(of)
    return [decision]
  }
  const out = { print: (text: string) => printed.push(text), progress: () => {}, isJson: false }
  // Only what these commands use of their tools.
  const tools = { client: async () => ({ call }), out } as unknown as CommandTools
  return { asked, printed, tools }
}

const call = (words: readonly string[], options: Call['options'] = {}): Call => ({ words, options })

test('decisions are asked for by their endpoints and shown as a table', async () => {
  const { asked, printed, tools } = door()
  const why = 'twins'
  await identityLink.run(call(['people', 'crm:1', 'shop:2'], { why }), tools)
  await identityUnlink.run(call(['people', 'crm:1'], { why, from: 'profile' }), tools)
  await identityDecisions.run(call(['people'], { why, withdraw: '3,4' }), tools)
  await identityDecisions.run(call(['people'], { record: 'crm:1' }), tools)
  expect(asked).toEqual([
    ['POST', '/identity/people/link', { body: { left: 'crm:1', right: 'shop:2', why } }],
    ['POST', '/identity/people/unlink', { body: { record: 'crm:1', from: 'profile', why } }],
    ['POST', '/identity/people/decisions/withdraw', { body: { decisions: [3, 4], why } }],
    ['GET', '/identity/people/decisions', { query: { record: 'crm:1' } }],
  ])
  expect(printed[0]).toMatch(/7 +crm:1 +shop:2 +are not one +twins +ada/)
})

test('a decision needs its records and its reason', async () => {
  const { tools } = door()
  await expect(identityLink.run(call(['people', 'crm:1']), tools)).rejects.toMatchObject({
    code: 'cli.missing_word',
  })
  await expect(identityUnlink.run(call(['people', 'crm:1']), tools)).rejects.toMatchObject({
    code: 'cli.bad_option',
  })
})
