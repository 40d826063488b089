import { expect, test } from 'vitest'
import { frameFor, originsIn } from './embedding.ts'

test('origins stand one in each line, as people write them', () => {
  expect(originsIn(' https://desk.example.com/\n\nhttp://127.0.0.1:8080, https://a.com')).toEqual([
    'https://desk.example.com',
    'http://127.0.0.1:8080',
    'https://a.com',
  ])
  expect(originsIn('')).toEqual([])
})

test('the token stands behind the #, which no server is sent', () => {
  const token = { id: 'a1', name: 'desk', rights: ['read_customers' as const] }
  const made = { token: { ...token, createdAt: '', createdBy: '' }, secret: 'tessera_a1_x' }
  const [, src = ''] = /src="([^"]*)"/.exec(frameFor('https://cdp.example.com', made)) ?? []
  const address = new URL(src)
  expect(address.pathname).toBe('/embed/a1/customers')
  expect(address.search).toBe('?phone=NUMBER')
  expect(address.hash).toBe('#token=tessera_a1_x')
})
