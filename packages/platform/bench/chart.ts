/** A point of a line. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** A line of a chart; dashed for what is only reckoned. */
export interface Line {
  readonly name: string
  readonly points: readonly Point[]
  readonly isDashed?: boolean
}

/** What a chart shows; both of its axes grow by factors. */
export interface Chart {
  readonly title: string
  readonly x: string
  readonly y: string
  readonly lines: readonly Line[]
}

const [width, height] = [640, 400]
const frame = { left: 64, right: 150, top: 48, bottom: 52 } as const

const style = `<style>
  text { font: 13px system-ui, sans-serif; fill: #3f3f46 }
  .title { font-size: 15px; font-weight: 600; fill: #18181b }
  .grid { stroke: #e4e4e7 } .axis { stroke: #a1a1aa }
  .line0 { stroke: #2563eb } .dot0, .name0 { fill: #2563eb } .line1 { stroke: #a1a1aa } .name1 { fill: #71717a }
  @media (prefers-color-scheme: dark) {
    text { fill: #d4d4d8 } .title { fill: #fafafa } .grid { stroke: #3f3f46 } .axis { stroke: #71717a }
    .line0 { stroke: #60a5fa } .dot0, .name0 { fill: #60a5fa } .line1 { stroke: #71717a } .name1 { fill: #a1a1aa }
  }
</style>`

/** A chart as SVG without a background, readable on light and on dark pages. */
export function chartOf({ title, x, y, lines }: Chart): string {
  const points = lines.flatMap((line) => line.points)
  const across = scaleOf(
    points.map((at) => at.x),
    [frame.left, width - frame.right],
  )
  const up = scaleOf(stepsOver(points.map((at) => at.y)), [height - frame.bottom, frame.top])
  const columns = [...new Set(points.map((at) => at.x))].map((value) => {
    const at = across(value)
    return `<line class="grid" x1="${at}" x2="${at}" y1="${frame.top}" y2="${height - frame.bottom}"/><text x="${at}" y="${height - frame.bottom + 20}" text-anchor="middle">${value}</text>`
  })
  const rows = stepsOver(points.map((at) => at.y)).map((value) => {
    const at = up(value)
    return `<line class="grid" x1="${frame.left}" x2="${width - frame.right}" y1="${at}" y2="${at}"/><text x="${frame.left - 8}" y="${at + 4}" text-anchor="end">${value}</text>`
  })
  const drawn = lines.map(({ name, points, isDashed }, i) => {
    const path = points.map((at) => `${across(at.x)},${up(at.y)}`).join(' ')
    const last = points.at(-1) ?? { x: 1, y: 1 }
    const dots = isDashed ? [] : points.map((at) => dot(across(at.x), up(at.y), at.y))
    const below = isDashed ? -6 : 36
    return `<polyline class="line${i}" fill="none" stroke-width="2"${isDashed ? ' stroke-dasharray="5 4"' : ''} points="${path}"/>${dots.join('')}<text class="name${i}" x="${across(last.x) + 8}" y="${up(last.y) + below}">${name}</text>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">
${style}
<text class="title" x="${frame.left}" y="24">${title}</text>
${[...columns, ...rows].join('\n')}
<line class="axis" x1="${frame.left}" x2="${width - frame.right}" y1="${height - frame.bottom}" y2="${height - frame.bottom}"/>
<text x="${(frame.left + width - frame.right) / 2}" y="${height - 10}" text-anchor="middle">${x}</text>
<text x="16" y="${(frame.top + height - frame.bottom) / 2}" text-anchor="middle" transform="rotate(-90 16 ${(frame.top + height - frame.bottom) / 2})">${y}</text>
${drawn.join('\n')}
</svg>
`
}

const dot = (x: number, y: number, value: number) =>
  `<circle class="dot0" cx="${x}" cy="${y}" r="4"/><text class="name0" x="${x + 8}" y="${y + 18}">${value}</text>`

/** Ones, twos and fives of all sizes from below the least to above the greatest. */
function stepsOver(values: readonly number[]): readonly number[] {
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const all = Array.from({ length: 16 }, (_, i) => [1, 2, 5].map((of) => Number(`${of}e${i - 6}`)))
  const steps = all.flat()
  const from = steps.findLastIndex((step) => step <= least)
  return steps.slice(Math.max(0, from), steps.findIndex((step) => step >= most) + 1)
}

/** Where a value stands: equal factors are equally far apart. */
function scaleOf(values: readonly number[], [from, to]: readonly [number, number]) {
  const [least, most] = [Math.log(Math.min(...values)), Math.log(Math.max(...values))]
  return (value: number) => {
    const share = most > least ? (Math.log(value) - least) / (most - least) : 0.5
    return Math.round((from + share * (to - from)) * 10) / 10
  }
}
