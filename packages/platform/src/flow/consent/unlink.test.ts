import { expect, test } from 'vitest'
import { sql } from '#engine'
import { houseOfPeople, putRows } from '#identity/testing'
import { systemCaller } from '#kernel/caller.ts'
import { consentGround, standingOfPeople } from './index.ts'

const now = new Date('2026-03-01T00:00:00Z')
const why = 'father and son'

test('what two people said counts for both while they are one profile, and is their own again when they are taken apart', async () => {
  const { engine, identity, model, put } = await houseOfPeople()
  await put({ father: { email: 'x@x.de' }, son: { email: 'x@x.de' } })
  const about = { channel: 'email', purpose: 'news' }
  await putRows(engine, model, 'contact_point_consent', [
    { id: '1', individual_id: 'father', ...about, status: 'opt_out' },
    { id: '2', individual_id: 'son', ...about, status: 'opt_in' },
  ])
  const standings = async () => {
    const said = standingOfPeople(about, await consentGround(engine, now))
    const rows = await engine.rows(sql`select r.id, s.standing from (${said}) s
      join unified.link_individual l on l.profile = s.profile
      join model.individual r on r._key = l.record order by r.id`)
    return Object.fromEntries(rows.map(({ id, standing }) => [id, standing]))
  }
  await identity.run('people')
  expect(await standings()).toEqual({ father: 'opted_out', son: 'opted_out' })
  const body = { record: 'crm:son', from: 'crm:father', why }
  const [decision] = await identity.unlink('people', body, systemCaller)
  expect(await identity.run('people')).toMatchObject({ split: 1, rows_owned: 3 })
  expect(await standings()).toEqual({ father: 'opted_out', son: 'opted_in' })
  const decisions = [decision?.number ?? 0]
  await identity.withdraw('people', { decisions, why: 'no' }, systemCaller)
  await identity.run('people')
  expect(await standings()).toEqual({ father: 'opted_out', son: 'opted_out' })
  await engine.close()
})
