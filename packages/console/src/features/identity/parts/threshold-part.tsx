import { Button, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Thresholds, ThresholdsBody } from '@tessera/platform/contract'
import { type FormEvent, useState } from 'react'
import { formatShare } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { Answer } from '../../../ui/answer.tsx'
import { Panel } from '../../../ui/page.tsx'
import { thresholdsQuery } from '../api/model.ts'
import { bitsIn, probabilityIn } from '../bits.ts'
import { type Place, pathOf, scaleOf } from '../curves.ts'
import styles from './identity.module.css'
import look from './model.module.css'

const words = texts.identity.threshold

type Truth = NonNullable<ThresholdsBody['truth']>

/** What the model would find at each threshold; against known answers, where somebody names them. */
export function ThresholdPart({ ruleset }: { ruleset: string }) {
  const [truth, setTruth] = useState<Truth>()
  const query = useQuery(thresholdsQuery(ruleset, truth ? { truth } : {}))
  return (
    <Panel title={words.title}>
      <div className={styles.stack}>
        <p className={styles.small}>{words.about}</p>
        <TruthForm onMeasure={setTruth} isBusy={query.isFetching} />
        <Answer query={query} height={280}>
          {(of) => <Measured of={of} />}
        </Answer>
      </div>
    </Panel>
  )
}

const fields = ['stream', 'source', 'record', 'entity'] as const
const usual: Truth = { stream: '', source: 'source', record: 'record', entity: 'person' }

function TruthForm({ onMeasure, isBusy }: { onMeasure: (of: Truth) => void; isBusy: boolean }) {
  const [truth, setTruth] = useState(usual)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onMeasure(truth)
  }
  return (
    <form onSubmit={submit} aria-label={words.truth}>
      <h3 className={styles.heading}>{words.truth}</h3>
      <p className={styles.small}>{words.truthHelp}</p>
      <div className={look.truth}>
        {fields.map((name) => (
          <TextInput
            key={name}
            size="xs"
            label={words[name]}
            value={truth[name]}
            onChange={(event) => setTruth({ ...truth, [name]: event.currentTarget.value.trim() })}
            spellCheck={false}
            autoComplete="off"
          />
        ))}
        <Button
          type="submit"
          size="xs"
          variant="default"
          loading={isBusy}
          disabled={fields.some((name) => truth[name] === '')}
        >
          {words.measure}
        </Button>
      </div>
    </form>
  )
}

interface Curve {
  readonly name: string
  readonly tone: string
  readonly places: readonly Place[]
}

function Measured({ of }: { of: Thresholds }) {
  const { pairs, unlinkable, weight_at_least } = of
  const quality = (name: 'precision' | 'recall' | 'f1', tone: string): Curve => ({
    name: words[name],
    tone,
    places: (pairs?.thresholds ?? []).map(({ weight, [name]: share }) => ({ weight, share })),
  })
  const curves: readonly Curve[] = [
    ...(pairs
      ? [
          quality('precision', 'var(--t-good)'),
          quality('recall', 'var(--t-busy)'),
          quality('f1', 'var(--t-stone-identity)'),
          {
            name: words.bCubed,
            tone: 'var(--t-stone-activation)',
            places: pairs.thresholds.flatMap(({ weight, b_cubed }) =>
              b_cubed ? [{ weight, share: b_cubed.f1 }] : [],
            ),
          },
        ]
      : []),
    {
      name: words.unlinkable,
      tone: 'var(--t-bad)',
      places: unlinkable.by_weight.map(({ weight, unlinkable: { share } }) => ({ weight, share })),
    },
  ]
  const { best } = pairs ?? {}
  return (
    <div className={styles.stack}>
      <Curves
        label={pairs ? words.chart : words.unlinkableChart}
        curves={curves.filter(({ places }) => places.length > 0)}
        now={weight_at_least}
      />
      <p className={styles.small}>
        {best && (
          <span className={styles.strong}>
            {words.best(
              bitsIn(best.weight),
              probabilityIn(best.probability),
              best.f1.toFixed(3),
            )}{' '}
          </span>
        )}
        {words.outOfReach(unlinkable.records, formatShare(unlinkable.share))}
      </p>
    </div>
  )
}

const frame = { width: 760, height: 240, left: 42, bottom: 34 } as const
const shares = [0, 0.25, 0.5, 0.75, 1]

function Curves({ label, curves, now }: { label: string; curves: readonly Curve[]; now: number }) {
  const weights = [now, ...curves.flatMap(({ places }) => places.map(({ weight }) => weight))]
  const scale = scaleOf(weights, frame)
  const [bottom, right] = [scale.y(0), frame.width - 8]
  return (
    <figure>
      <ul className={styles.legend}>
        {curves.map(({ name, tone }) => (
          <li key={name}>
            <span className={styles.swatch} style={{ background: tone }} /> {name}
          </li>
        ))}
        <li>
          <span className={look.neededKey} /> {words.now}: {bitsIn(now)} {words.bits}
        </li>
      </ul>
      <svg className={look.curves} viewBox={`0 0 ${frame.width} ${frame.height}`} role="img">
        <title>{label}</title>
        {shares.map((share) => (
          <g key={share}>
            <line
              className={look.grid}
              x1={frame.left}
              x2={right}
              y1={scale.y(share)}
              y2={scale.y(share)}
            />
            <text x={frame.left - 6} y={scale.y(share) + 4} textAnchor="end">
              {formatShare(share)}
            </text>
          </g>
        ))}
        {scale.ticks.map((weight) => (
          <text key={weight} x={scale.x(weight)} y={bottom + 16} textAnchor="middle">
            {weight}
          </text>
        ))}
        <text x={right} y={bottom + 31} textAnchor="end">
          {words.bits}
        </text>
        <line
          className={look.nowLine}
          x1={scale.x(now)}
          x2={scale.x(now)}
          y1={scale.y(1)}
          y2={bottom}
        />
        {curves.map(({ name, tone, places }) => (
          <path
            key={name}
            className={look.curve}
            style={{ stroke: tone }}
            d={pathOf(places, scale)}
          />
        ))}
      </svg>
    </figure>
  )
}
