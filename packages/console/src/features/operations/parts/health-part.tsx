import { useQuery } from '@tanstack/react-query'
import type { IntakeState, Machine, TickStatus } from '@tessera/platform/contract'
import { formatCount, formatDuration, formatSize } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { Ago } from '../../../ui/ago.tsx'
import { Answer } from '../../../ui/answer.tsx'
import { Facts } from '../../../ui/facts.tsx'
import { Panel } from '../../../ui/page.tsx'
import { ProportionBar } from '../../../ui/proportions.tsx'
import { StateBadge } from '../../../ui/state-badge.tsx'
import {
  intakeQuery,
  machineQuery,
  type Pressure,
  pressureQuery,
  tickQuery,
} from '../api/operations.ts'
import styles from './operations.module.css'

const words = texts.operations.health

/** How the machine, the engine, the log and live segments are doing. */
export function HealthPart() {
  return (
    <div className={styles.health}>
      <Panel title={words.machine}>
        <Answer query={useQuery(machineQuery)}>{(machine) => <OfMachine of={machine} />}</Answer>
      </Panel>
      <Panel title={words.data}>
        <Answer query={useQuery(machineQuery)}>{({ data }) => <OfData of={data} />}</Answer>
      </Panel>
      <Panel title={words.log}>
        <Answer query={useQuery(intakeQuery)}>{(intake) => <OfIntake of={intake} />}</Answer>
      </Panel>
      <Panel title={words.live}>
        <Answer query={useQuery(tickQuery)}>{(tick) => <OfTick of={tick} />}</Answer>
      </Panel>
      <Panel title={words.engine}>
        <Answer query={useQuery(pressureQuery)}>{(lanes) => <OfEngine of={lanes} />}</Answer>
      </Panel>
    </div>
  )
}

const little = 0.05

function OfMachine({ of: { started_at, memory, disk } }: { of: Machine }) {
  return (
    <div className={styles.block}>
      <Facts
        facts={[
          [words.since, <Ago key="since" time={started_at} />],
          [words.memory, words.free(formatSize(memory.free), formatSize(memory.total))],
          [words.process, formatSize(memory.process)],
          [words.engineLimit, formatSize(memory.engine_limit)],
          [words.disk, words.free(formatSize(disk.free), formatSize(disk.total))],
        ]}
      />
      <ProportionBar
        parts={[
          { name: words.disk, count: disk.total - disk.free, tone: 'busy' },
          { name: words.free('', '').trim(), count: disk.free, tone: 'none' },
        ]}
      />
      {disk.free < little * disk.total && <Trouble say={words.lowDisk} />}
      {memory.free < little * memory.total && <Trouble say={words.lowMemory} />}
    </div>
  )
}

function Trouble({ say }: { say: string }) {
  return (
    <p role="alert">
      <StateBadge tone="bad">{say}</StateBadge>
    </p>
  )
}

/** That nothing is wrong, or what is. */
function Standing({ trouble }: { trouble: readonly (string | undefined)[] }) {
  const said = trouble.filter((one) => one !== undefined)
  if (said.length === 0) return <StateBadge tone="good">{words.well}</StateBadge>
  return said.map((say) => <Trouble key={say} say={say} />)
}

function OfData({ of }: { of: Machine['data'] }) {
  return <Facts numbers="numbers" facts={of.map(({ name, bytes }) => [name, formatSize(bytes)])} />
}

function OfIntake({ of: { log, lake } }: { of: IntakeState }) {
  const { last_round_lines: lines, last_round_ms: ms } = lake
  return (
    <div className={styles.block}>
      <Standing trouble={[log.trouble, lake.trouble]} />
      <Facts
        facts={[
          [words.head, formatCount(log.head)],
          [words.behind, words.events(lake.behind)],
          [words.logSize, formatSize(log.bytes)],
          [
            words.lastRound,
            lines === undefined || ms === undefined
              ? words.notNow
              : words.round(lines, formatDuration(ms)),
          ],
          [
            words.ids,
            `${formatCount(log.ids_known)} (${words.idsSize(formatSize(log.ids_memory_bytes), formatSize(log.ids_disk_bytes))})`,
          ],
        ]}
      />
    </div>
  )
}

function OfTick({ of: { live, rounds, as_of, last, differences, trouble } }: { of: TickStatus }) {
  return (
    <div className={styles.block}>
      <Standing trouble={[trouble]} />
      <Facts
        facts={[
          [words.liveCount, formatCount(live)],
          [words.asOf, as_of === undefined ? words.notNow : <Ago key="as" time={as_of} />],
          [words.rounds, formatCount(rounds)],
          [
            words.lastTick,
            last === undefined ? words.notNow : words.tick(last.profiles, formatDuration(last.ms)),
          ],
          [words.differences, formatCount(differences)],
        ]}
      />
    </div>
  )
}

const lanes: Readonly<Record<string, string>> = words.lanes

function OfEngine({ of }: { of: Pressure }) {
  return (
    <Facts
      facts={Object.entries(of).map(([lane, { running, waiting }]) => [
        lanes[lane] ?? lane,
        words.lane(running, waiting),
      ])}
    />
  )
}
