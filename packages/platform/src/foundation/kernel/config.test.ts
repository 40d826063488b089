import { expect, test } from 'vitest'
import { readConfig, settings } from './config.ts'

test('is whole without any variable', () => {
  expect(readConfig({ PATH: '/bin' })).toMatchObject({
    host: '127.0.0.1',
    port: 7080,
    dataFolder: 'data',
  })
})

test('reads what is set, and cannot be changed afterwards', () => {
  const config = readConfig({
    TESSERA_PORT: '81',
    TESSERA_ALLOW_PRIVATE: 'localhost:1, localhost:2',
  })
  expect(config).toMatchObject({ port: 81, allowPrivate: ['localhost:1', 'localhost:2'] })
  expect(Object.isFrozen(config)).toBe(true)
})

test('refuses everything that is wrong at once', () => {
  expect(() => readConfig({ TESSERA_PORT: 'x', TESSERA_PROT: '1' })).toThrow(
    /TESSERA_PROT is not a setting; did you mean "TESSERA_PORT"[\s\S]*TESSERA_PORT should be a port number/,
  )
})

test('every setting says what it does and what it expects', () => {
  for (const { about, expects } of Object.values(settings))
    expect(about.length * expects.length).toBeGreaterThan(0)
})
