import type { StreamHours } from '@tessera/platform/contract'
import { formatHour } from '../../lib/format.ts'
import { texts } from '../../lib/texts.ts'
import type { Bars } from '../../ui/bar-canvas.tsx'

const words = texts.streams.hours

/** One hour with what became of what arrived in it. */
export type Hour = StreamHours['hours'][number]

const hourMs = 3_600_000

const series = [
  ['stored', '--t-good'],
  ['unchanged', '--t-none'],
  ['duplicate', '--t-stone-identity'],
  ['deleted', '--t-stone-other'],
  ['mended', '--t-stone-model'],
  ['parked', '--t-wait'],
  ['rejected', '--t-bad'],
  ['waiting', '--t-busy'],
] as const

/** The hours as bars, the quiet ones too; fates that nothing had are left out. */
export function barsOf({ from, to, hours }: StreamHours): Bars {
  const known = new Map(hours.map((hour) => [Date.parse(hour.hour), hour]))
  const times = hoursBetween(Date.parse(from), Date.parse(to))
  return {
    label: words.chart,
    steps: times.map((time) => formatHour(new Date(time).toISOString())),
    series: series
      .filter(([name]) => hours.some((hour) => hour[name] > 0))
      .map(([name, colour]) => ({
        name: words.columns[name],
        colour,
        counts: times.map((time) => known.get(time)?.[name] ?? 0),
      })),
  }
}

const hoursBetween = (from: number, to: number): readonly number[] =>
  Array.from({ length: Math.max(0, Math.round((to - from) / hourMs)) }, (_, i) => from + i * hourMs)
