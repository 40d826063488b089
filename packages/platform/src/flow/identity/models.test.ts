import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeKinds, memoryDefinitions } from '#definitions/testing'
import { type Engine, sql } from '#engine'
import { memoryEngine } from '#engine/testing'
import { type Job, jobMigrations, makeJobs } from '#jobs'
import { systemCaller } from '#kernel/caller.ts'
import { systemClock } from '#kernel/clock.ts'
import { countedIds } from '#kernel/ids.ts'
import { silentLog } from '#kernel/log.ts'
import { prepareLake } from '#lake'
import { modelOf } from '#model'
import { memoryStore } from '#store/testing'
import { makeIdentity } from './identity.ts'
import { matchModelKind, rulesetKind } from './kinds.ts'
import { modelMemory } from './model-memory.ts'
import { type MatchModels, makeMatchModels } from './models.ts'
import { identityMigrations } from './records.ts'
import { type MadeRecord, madeRecords, putMade } from './testing/index.ts'

const model = modelOf([])
const records = madeRecords(300, 21)

/** A stream of the lake, as a table of texts. */
async function putStream(
  engine: Engine,
  stream: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): Promise<void> {
  const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`
  const lines = rows.map((row) => `(${row.map(quoted).join(', ')})`).join(', ')
  const raw = (text: string) => ({ kind: 'draft', parts: [text] }) as const
  await engine.change(stream, async (writer) => {
    for (const [i, name] of columns.entries())
      await writer.run(
        raw(
          `insert into lake._field (stream, place, name, label, type) values ('${stream}', ${i}, '${name}', '${name}', 'text')`,
        ),
      )
    await writer.run(
      raw(
        `create table lake.${stream} as select * from (values ${lines}) t(${columns.join(', ')})`,
      ),
    )
  })
}

async function house() {
  const engine = await memoryEngine()
  await putMade(engine, model, records)
  await prepareLake(engine)
  const { definitions, store: kept } = await memoryDefinitions([matchModelKind, rulesetKind])
  const store = await memoryStore({ jobs: jobMigrations, identity: identityMigrations })
  const tools = { store, clock: systemClock, ids: countedIds('a'), log: silentLog, pollMs: 10 }
  const jobs = makeJobs(tools)
  const memory = modelMemory(definitions)
  const rulesets = async () => memory.rulesets(await definitions.catalogue())
  const of = { engine, clock: systemClock, model: async () => model, rulesets }
  const audited: unknown[][] = []
  const record = async (...said: readonly unknown[]) => audited.push([...said])
  const models = makeMatchModels({ ...of, store, definitions, memory, jobs, record })
  const identity = makeIdentity({ ...of, store })
  await jobs.start()
  const put = (kind: string, key: string, body: unknown) =>
    definitions.put({ kind, key, body }, systemCaller)
  const train = async (...[key, body]: [key: string, body?: Parameters<MatchModels['train']>[1]]) =>
    jobs.waitFor((await models.train(key, body ?? {}, systemCaller)).job)
  const close = async () => {
    await jobs.stop({ graceMs: 500 })
    await store.close()
    await kept.close()
  }
  return { engine, definitions, models, identity, audited, put, train, close }
}

let home: Awaited<ReturnType<typeof house>>
let trained: Job

beforeAll(async () => {
  home = await house()
  await home.put('match_model', 'people_model', { on: 'individual', label: 'People' })
  await home.put('ruleset', 'people', {
    on: 'individual',
    model: { use: 'people_model', at_least: 0.9 },
    reconcile: { default: 'last_updated' },
  })
  await expect(home.identity.run('people')).rejects.toMatchObject({
    code: 'identity.untrained_model',
    message: 'the model "people_model" has not learned yet, and "people" needs it; train it',
  })
  expect(await home.models.get('people_model')).toMatchObject({
    comparisons: [],
    doubts: ['it has not learned yet; train it'],
  })
  trained = await home.train('people_model')
  await home.identity.run('people')
}, 60_000)
afterAll(() => home.close())

describeKinds([matchModelKind])

test('training is a job that puts what was learned into a new version', async () => {
  expect(trained).toMatchObject({ state: 'done', kind: 'identity.train' })
  expect(trained.progress?.done).toBeGreaterThan(10)
  const { definitions, models } = home
  const { version, body } = await definitions.get({ kind: 'match_model', key: 'people_model' })
  expect(version).toBe(2)
  expect(body).toMatchObject({
    label: 'People',
    trained: { records: records.length, seed: 'tessera' },
  })
  expect(body).not.toHaveProperty('settings')
  const [status] = await models.list()
  expect(status).toMatchObject({
    model: 'people_model',
    used_by: ['people'],
    doubts: [],
    version: 2,
  })
  const email = status?.comparisons.find(({ column }) => column === 'email_address')
  const [best] = email?.levels ?? []
  expect(best?.level).toBe('exact')
  expect(best?.weight).toBeCloseTo(Math.log2((best?.m ?? 0) / (best?.u ?? 1)), 9)
  expect(email?.levels.at(-1)?.level).toBe('differs')
  expect(email?.levels.at(-1)?.weight).toBeLessThan(0)
  expect(status?.prior?.weight).toBeLessThan(0)
  expect(JSON.stringify(body)).not.toMatch(/example\.com|schmidt/)
})

test('who is who and why: the links of a model are told with their weights', async () => {
  const { identity, engine } = home
  const status = await identity.status('people')
  expect(status.last_run?.rules).toMatchObject([
    { rule: 'model people_model', label: 'People', at_least: 0.9 },
  ])
  expect(status.last_run?.rules[0]?.blocks?.length).toBeGreaterThan(2)
  const twice = records.find(({ id }) => id.endsWith('b'))!
  const pair = { left: `crm:${twice.entity.slice(1)}a`, right: `crm:${twice.id}` }
  const told = await identity.explain('people', pair)
  expect(told.same_profile).toBe(true)
  expect(told.path).toMatchObject([{ rule: 'model people_model', label: 'People' }])
  expect(told.path[0]?.weight).toBeCloseTo(told.model?.weight ?? 0, 0)
  expect(told.model).toMatchObject({ model: 'people_model', at_least: 0.9 })
  const graph = await identity.graph('people', told.left.profile ?? '')
  expect(graph.links[0]?.matched).toBe(told.path[0]?.matched)
  expect(graph.links[0]?.probability).toBeGreaterThan(0.9)
  const apart = await identity.explain('people', { left: pair.left, right: 'crm:299a' })
  expect(apart).toMatchObject({ same_profile: false, model: { model: 'people_model' } })
  expect(apart.model?.probability).toBeLessThan(0.9)
  expect(await identity.plan('people')).toContain(
    '-- model_link: pairs that "People" takes for one',
  )
  const [{ n } = { n: 0 }] = await engine.rows(
    sql`select count(*) as n from unified.evidence_individual`,
  )
  expect(Number(n)).toBe(status.last_run?.rules[0]?.links)
})

test('thresholds are measured against known answers; and who could never be linked is told', async () => {
  const { engine, identity } = home
  const answers = records.map(({ id, entity }) => ['crm', id, entity])
  await putStream(engine, 'truth', ['src', 'rec', 'who'], answers)
  const truth = { stream: 'truth', source: 'src', record: 'rec', entity: 'who' }
  const found = await identity.thresholds('people', { truth, step: 1 })
  expect(found.pairs?.true).toBe(records.filter(({ id }) => id.endsWith('b')).length)
  expect(found.pairs?.best?.f1).toBeGreaterThan(0.95)
  const recalls = found.pairs?.thresholds.map(({ recall }) => recall) ?? []
  expect(recalls).toEqual(recalls.toSorted((a, b) => a - b))
  expect(found.records).toBe(records.length)
  const { comparisons, prior } = await home.models.get('people_model')
  const best = (column: string) => {
    const levels = comparisons.find((of) => of.column === column)?.levels ?? []
    return levels.find(({ level }) => !/nickname|swapped/.test(level))?.weight ?? 0
  }
  const weightOf = (of: MadeRecord) =>
    (prior?.weight ?? 0) +
    (of.first_name ? best('first_name') : 0) +
    (of.last_name ? best('last_name') : 0) +
    (of.birth_date ? best('birth_date') : 0) +
    (of.email ? best('email_address') : 0) +
    (of.phone ? best('telephone_number') : 0)
  for (const { weight, unlinkable } of found.unlinkable.by_weight)
    expect(unlinkable.records, `below ${weight}`).toBe(
      records.filter((of) => weightOf(of) < weight).length,
    )
  expect(found.unlinkable.by_weight.at(-1)?.unlinkable.share).toBe(1)
  await expect(
    identity.thresholds('people', { truth: { ...truth, entity: 'whom' } }),
  ).rejects.toMatchObject({ code: 'identity.bad_truth' })
})

test('groups at a threshold are as good as the profiles that a run makes there', async () => {
  const { engine, identity } = home
  const truth = { stream: 'truth', source: 'src', record: 'rec', entity: 'who' }
  // From where the ruleset links; where no pair weighs just that, the next heavier ones make the same groups.
  const step = Math.log2(0.9 / 0.1)
  const { pairs } = await identity.thresholds('people', { truth, step })
  const rows = await engine.rows(sql`select l.profile, i.id from unified.link_individual l
    join (select distinct _key, id from model.individual) i on i._key = l.record`)
  const members = rows.map(({ profile, id }) => ({
    profile,
    entity: records.find((of) => of.id === id)?.entity,
  }))
  const shareOf = (of: 'profile' | 'entity') =>
    members.reduce((sum, one) => {
      const alike = members.filter((other) => other[of] === one[of])
      const both = alike.filter(
        ({ profile, entity }) => profile === one.profile && entity === one.entity,
      )
      return sum + both.length / alike.length
    }, 0) / members.length
  const [precision, recall] = [shareOf('profile'), shareOf('entity')]
  const here = pairs?.thresholds.findLast(({ weight }) => weight >= step)?.b_cubed
  expect(here?.precision).toBeCloseTo(precision, 9)
  expect(here?.recall).toBeCloseTo(recall, 9)
  expect(here?.f1).toBeCloseTo((2 * precision * recall) / (precision + recall), 9)
  const published = await identity.measure('people', truth)
  expect(published.b_cubed.precision).toBeCloseTo(precision, 9)
  expect(published.b_cubed.recall).toBeCloseTo(recall, 9)
  for (const { weight, b_cubed } of pairs?.thresholds ?? [])
    expect(b_cubed === undefined, `at ${weight}`).toBe(weight < 0)
})

test('sizes of profiles are counted, and those far above the others named', async () => {
  const { engine, identity } = home
  const sizes = await identity.sizes('people')
  const [{ profiles, members } = { profiles: 0, members: 0 }] = await engine.rows(
    sql`select count(distinct profile) as profiles, count(*) as members from unified.link_individual`,
  )
  expect(sizes).toMatchObject({ profiles: Number(profiles), records: Number(members) })
  expect(sizes.sizes.reduce((sum, of) => sum + of.records * of.profiles, 0)).toBe(records.length)
})

test('what people judged is learned from, by the names of records', async () => {
  const { engine, models, put, train } = home
  const twice = records.filter(({ id }) => id.endsWith('b'))
  const rows = twice.map(({ id, entity }, i) => [
    `crm:${entity.slice(1)}a`,
    `crm:${id}`,
    i % 2 === 0 ? 'TRUE' : '1',
  ])
  await putStream(engine, 'judged', ['one', 'other', 'same'], [...rows, ['crm:0a', 'crm:5a', 'no']])
  await put('match_model', 'judged_model', { on: 'individual' })
  const labels = { stream: 'judged', left: 'one', right: 'other', is_match: 'same' }
  expect(await train('judged_model', { labels, seed: 'another' })).toMatchObject({ state: 'done' })
  const { trained: how, comparisons } = await models.get('judged_model')
  expect(how).toMatchObject({ from: 'labels', seed: 'another' })
  const share = twice.filter((of) => {
    const first = records.find(({ id }) => id === `${of.entity.slice(1)}a`)
    return of.phone !== null && of.phone === first?.phone
  }).length
  const both = twice.filter(({ phone }) => phone !== null).length
  const phone = comparisons.find(({ column }) => column === 'telephone_number')
  expect(phone?.levels[0]?.m).toBeCloseTo(share / both, 1)
  expect(await train('judged_model', { labels: { ...labels, left: 'eno' } })).toMatchObject({
    state: 'failed',
    fault: { code: 'identity.bad_labels' },
  })
})

test('a definition that changes while its model learns is not written over', async () => {
  const { models, put, train } = home
  await put('match_model', 'busy', { on: 'individual', label: 'One' })
  const job = train('busy')
  await put('match_model', 'busy', { on: 'individual', label: 'Two' })
  const { state, fault } = await job
  if (state === 'failed') expect(fault?.code).toBe('definitions.changed_meanwhile')
  expect(await models.get('busy')).toMatchObject({ label: 'Two' })
})

test('a definition that does not speak of what was learned does not take it away; other settings do', async () => {
  const { definitions, identity, models, put } = home
  const before = await models.get('people_model')
  await put('match_model', 'people_model', { on: 'individual', label: 'People' })
  expect(await models.get('people_model')).toEqual({ ...before, version: before.version + 1 })
  expect(await identity.run('people')).toMatchObject({ changed: false })
  const settings = {
    comparisons: [{ column: 'last_name', levels: [{ is: 'exact' }] }],
    blocks: [{ key: 'name', all: [{ column: 'last_name' }] }],
  }
  await put('match_model', 'people_model', { on: 'individual', label: 'People', settings })
  expect((await models.get('people_model')).doubts).toEqual(['it has not learned yet; train it'])
  await definitions.undo((await definitions.changes({ limit: 1 }))[0]?.number ?? 0, systemCaller)
  expect((await models.get('people_model')).trained).toEqual(before.trained)
})

test('what is wrong with a model, or with its use, is told at once', async () => {
  const { definitions, put } = home
  const match_model = (body: object) => put('match_model', 'wrong', { on: 'individual', ...body })
  const exact = { levels: [{ is: 'exact' }] }
  const settings = {
    comparisons: [{ column: 'frist_name', ...exact }],
    blocks: [{ key: 'zip', all: [{ column: 'zip' }] }],
  }
  await expect(match_model({ settings })).rejects.toMatchObject({
    problems: [
      { at: expect.stringContaining('settings.comparisons[0].column') },
      { at: expect.stringContaining('settings.blocks[0].all[0].column') },
    ],
  })
  const listed = {
    column: 'email_address',
    levels: [{ is: 'exact' }, { is: 'same', in: 'last_name' }],
  }
  const blocks = [{ key: 'email', all: [{ column: 'email_address' }] }]
  await expect(match_model({ settings: { comparisons: [listed], blocks } })).rejects.toMatchObject({
    problems: [{ code: 'matching.only_single' }],
  })
  const [{ body } = { body: {} }] = (
    await definitions.versions({ kind: 'match_model', key: 'people_model' })
  ).filter((of) => JSON.stringify(of.body).includes('trained'))
  await expect(
    match_model({ trained: (body as { trained: unknown }).trained }),
  ).rejects.toMatchObject({ problems: [{ code: 'identity.unfit_learned' }] })
  const accounts = (more: object) =>
    put('ruleset', 'accounts', { on: 'account', reconcile: { default: 'last_updated' }, ...more })
  await expect(accounts({})).rejects.toMatchObject({ problems: [{ code: 'identity.no_match' }] })
  await expect(accounts({ model: { use: 'people_model' } })).rejects.toMatchObject({
    problems: [{ code: 'identity.other_subject' }],
  })
  await expect(accounts({ model: { use: 'peple_model' } })).rejects.toMatchObject({
    problems: [{ at: expect.stringContaining('model.use') }],
  })
  await expect(home.models.get('peple_model')).rejects.toMatchObject({
    message: 'there is no match_model "peple_model"; did you mean "people_model"?',
  })
})

test('the settings that records propose are shown with what they were made from', async () => {
  const found = await home.models.propose('people_model')
  expect(found.profile.records).toBe(records.length)
  expect(new Set(found.blocks.map(({ rule }) => rule))).toEqual(
    new Set(found.settings.blocks.map(({ key }) => key)),
  )
  expect(found.left_out).toContainEqual({
    column: 'gender',
    why: 'only 0 % of the records have a value',
  })
})

test('people judge pairs; models learn from what stands, and what is withdrawn is kept', async () => {
  const { models, put, definitions } = home
  const caller = { ...systemCaller, name: 'ada' }
  const twins = records.filter(({ id }) => id.endsWith('b'))
  const pairOf = ({ id, entity }: MadeRecord) => ({
    left: `crm:${entity.slice(1)}a`,
    right: `crm:${id}`,
  })
  const [first, second] = twins
  const apart = {
    left: `crm:${first!.id}`,
    right: `crm:${second!.id}`,
    is_match: true,
    why: 'a slip',
  }
  const labels = [apart, ...twins.map((of) => ({ ...pairOf(of), is_match: true }))]
  const judged = await models.judge({ labels }, caller)
  expect(home.audited).toHaveLength(labels.length)
  expect(home.audited[0]).toEqual([
    caller,
    'identity.judge_one',
    `label:${judged[0]?.number}`,
    { left: apart.left, right: apart.right, why: 'a slip' },
  ])
  expect(judged).toHaveLength(twins.length + 1)
  expect(judged[0]).toMatchObject({ is_match: true, why: 'a slip', by: 'ada', on: 'individual' })

  // By hand: of those judged, who is in one profile.
  const profiles = await home.engine.rows(sql`select r.id, l.profile from model.individual r
    join unified.link_individual l on l.record = r._key`)
  const profileOf = (name: string) =>
    profiles.find((row) => `crm:${row['id']}` === name)?.['profile']
  const found = labels.filter(({ left, right }) => profileOf(left) === profileOf(right))
  const measured = await home.identity.measureLabels('people')
  expect(measured).toMatchObject({
    judged: labels.length,
    unknown: 0,
    matches: labels.length,
    found: found.length,
    right: found.length,
    precision: 1,
  })
  expect(measured.recall).toBeCloseTo(found.length / labels.length, 9)
  expect(found.length).toBeGreaterThan(0)

  await put('match_model', 'judged_model', { on: 'individual' })
  const learned = async () => {
    const job = await home.train('judged_model', { labels: 'judged' })
    expect(job).toMatchObject({ state: 'done' })
    const { body } = await definitions.get({ kind: 'match_model', key: 'judged_model' })
    return body as { learned: { comparisons: { m: number[] }[] }; trained: { from: string } }
  }
  const withSlip = await learned()
  expect(withSlip.trained.from).toBe('labels')
  const number = judged[0]!.number
  const [withdrawn] = await models.withdrawLabels({ labels: [number], why: 'it was one' }, caller)
  expect(withdrawn).toMatchObject({ number, withdrawn: { why: 'it was one', by: 'ada' } })
  const without = await learned()
  expect(without.learned.comparisons).not.toEqual(withSlip.learned.comparisons)

  // The last judgement about a pair counts, whichever record is named first.
  await models.judge({ labels: [apart] }, caller)
  await models.judge(
    { labels: [{ left: apart.right, right: apart.left, is_match: false }] },
    caller,
  )
  expect((await learned()).learned.comparisons).toEqual(without.learned.comparisons)
  expect(await models.labels({ limit: 1 })).toMatchObject([{ is_match: false }])
  expect(await models.labels({ before: judged[1]!.number })).toHaveLength(1)
}, 60_000)

test('labels of nobody, of one record with itself, and unknown ones are refused whole', async () => {
  const { models } = home
  const before = await models.labels({})
  const good = { left: 'crm:0a', right: 'crm:1a', is_match: false }
  for (const [bad, code] of [
    [{ ...good, right: 'crm:nobody' }, 'identity.unknown_record'],
    [{ ...good, right: 'crm:0a' }, 'identity.same_record'],
  ] as const)
    await expect(models.judge({ labels: [good, bad] }, systemCaller)).rejects.toMatchObject({
      code,
    })
  await expect(
    models.withdrawLabels({ labels: [before[0]!.number, 9999], why: 'no' }, systemCaller),
  ).rejects.toMatchObject({ code: 'identity.unknown_label' })
  expect(await models.labels({})).toEqual(before)
})

test('thresholds are measured by what people judged, one pair after the other', async () => {
  const { identity, models } = home
  const withdraw = (labels: readonly { number: number }[]) =>
    models.withdrawLabels(
      { labels: labels.map(({ number }) => number), why: 'only a test' },
      systemCaller,
    )
  const standing = (await models.labels({ limit: 1000 })).filter(({ withdrawn }) => !withdrawn)
  await withdraw(standing)
  const nameOf = ({ stream, id }: { stream: string; id: string }) => `${stream}:${id}`
  const sample = await identity.sample('people', { among: 'all', count: 40 })
  const weights = sample.pairs.map(({ model: { weight } }, i) => ({
    weight,
    is_match: weight > 0 ? i % 8 !== 0 : i % 9 === 0,
  }))
  const pairs = sample.pairs.map(({ left, right }, i) => ({
    left: nameOf(left),
    right: nameOf(right),
    is_match: weights[i]?.is_match ?? false,
  }))
  // Two who share nothing meet in no block: a match that is always missed.
  const [first] = records
  const stranger = records.find(
    ({ id, first_name, last_name, birth_date }) =>
      id.endsWith('a') &&
      first_name?.[0] !== first?.first_name?.[0] &&
      last_name?.[0] !== first?.last_name?.[0] &&
      birth_date?.slice(0, 4) !== first?.birth_date?.slice(0, 4),
  )
  pairs.push({ left: `crm:${first?.id}`, right: `crm:${stranger?.id}`, is_match: true })
  const judged = await models.judge({ labels: pairs }, systemCaller)
  const found = await identity.thresholds('people', { labels: true, step: 2 })
  const matches = pairs.filter(({ is_match }) => is_match).length
  expect(found.pairs).toMatchObject({ judged: pairs.length, true: matches })
  const thresholds = found.pairs?.thresholds ?? []
  expect(thresholds.length).toBeGreaterThan(3)
  expect(thresholds.at(-1)?.found).toBe(weights.length)
  for (const { b_cubed, ...of } of thresholds) {
    const taken = weights.filter(({ weight }) => weight >= of.weight)
    const right = taken.filter(({ is_match }) => is_match).length
    expect(of).toMatchObject({ found: taken.length, right })
    expect(of.precision).toBeCloseTo(right / taken.length, 9)
    expect(of.recall).toBeCloseTo(right / matches, 9)
    expect(b_cubed).toBeUndefined()
  }
  const truth = { stream: 'truth', source: 'src', record: 'rec', entity: 'who' }
  await expect(identity.thresholds('people', { truth, labels: true })).rejects.toMatchObject({
    code: 'identity.bad_truth',
  })
  await withdraw(judged)
  expect((await identity.thresholds('people', { labels: true })).pairs).toMatchObject({
    judged: 0,
    true: 0,
    thresholds: [],
  })
})
