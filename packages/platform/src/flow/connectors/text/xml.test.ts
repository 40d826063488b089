import { expect, test } from 'vitest'
import { plainText } from './xml.ts'

test('references stand for their letters, and what nobody named stays as it is', () => {
  expect(plainText('Caf&#233; &#x1F600; &amp;lt; &lt;b&gt;')).toBe('Café 😀 &lt; <b>')
  expect(plainText('&constructor; &nbsp; &#x110000;')).toBe('&constructor; &nbsp; &#x110000;')
})
