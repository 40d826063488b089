import { expect, test } from 'vitest'
import { france } from './countries/france.ts'
import { germany } from './countries/germany.ts'
import {
  fixedMailbox,
  newMailbox,
  plainLetters,
  withOtherDots,
  withoutAccents,
  withTag,
} from './mailboxes.ts'
import { randomFrom } from './random.ts'
import { openWorld } from './world.ts'

const holder = { given: 'Käthe', family: 'Groß-Müller', country: germany }
const newWorld = () => openWorld({ seed: 1, people: 2000, asOf: new Date('2026-03-01') })

test('a mailbox is named after its holder', () => {
  expect(newMailbox(holder, 'inbox.example', newWorld())).toMatch(/mueller.*@inbox\.example$/)
})

test('a thousand people of one name have a thousand mailboxes, dots or no dots', () => {
  const world = newWorld()
  const emails = Array.from({ length: 1000 }, () => newMailbox(holder, 'inbox.example', world))
  const keys = emails.map((email) => email.replaceAll('.', ''))
  expect(new Set(keys).size).toBe(1000)
})

test('a fixed mailbox is given away once', () => {
  const world = newWorld()
  expect(fixedMailbox('info', 'velo.example', world)).toBe('info@velo.example')
  expect(fixedMailbox('info', 'velo.example', world)).toBeUndefined()
})

test('tags and dots leave the mailbox the same', () => {
  expect(withTag('a.b@inbox.example', randomFrom(1))).toMatch(/^a\.b\+[a-z]+@inbox\.example$/)
  expect(withOtherDots('a.b@inbox.example')).toBe('ab@inbox.example')
  expect(withOtherDots('ab@inbox.example')).toBe('a.b@inbox.example')
})

test('accents go the way of the country', () => {
  expect(withoutAccents('Jürgen Groß', germany)).toBe('Juergen Gross')
  expect(withoutAccents('Müller Hélène', france)).toBe('Muller Helene')
  expect(plainLetters("O'Brien-Núñez", france)).toBe('obriennunez')
})
