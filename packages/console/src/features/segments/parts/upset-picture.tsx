import { formatCount } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import type { Column, Line } from '../upset.ts'
import styles from './upset.module.css'

const words = texts.segments.overlapPage
const step = 34
const barHeight = 130
const top = 22
const rowHeight = 26

/** Combinations of sets as columns: above how many are there alone, below which sets they are. */
export function UpsetPicture({
  lines,
  columns,
}: {
  lines: readonly Line[]
  columns: readonly Column[]
}) {
  const width = columns.length * step + 8
  const dotsFrom = top + barHeight + 12
  const height = dotsFrom + lines.length * rowHeight
  return (
    <div className={styles.frame}>
      <ul className={styles.lines} style={{ paddingTop: dotsFrom }} aria-label={words.sets}>
        {lines.map(({ label, size, share }) => (
          <li key={label} className={styles.line} style={{ height: rowHeight }}>
            <span className={styles.label} title={label}>
              {label}
            </span>
            <span className={styles.size}>{formatCount(size)}</span>
            <span className={styles.track} aria-hidden="true">
              <span className={styles.fill} style={{ width: `${Math.max(1, 100 * share)}%` }} />
            </span>
          </li>
        ))}
      </ul>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide picture is scrolled with the keyboard too */}
      <div className={styles.scroll} tabIndex={0}>
        <svg
          width={width}
          height={height}
          viewBox={`0 0 ${width} ${height}`}
          role="img"
          aria-label={words.picture}
        >
          {lines.map(({ label }, i) => (
            <rect
              key={label}
              className={styles.stripe}
              data-odd={i % 2 === 1}
              x={0}
              y={dotsFrom + i * rowHeight}
              width={width}
              height={rowHeight}
            />
          ))}
          {columns.map((column, i) => (
            <Bar
              key={column.key}
              column={column}
              lines={lines}
              x={i * step + step / 2}
              dotsFrom={dotsFrom}
            />
          ))}
        </svg>
      </div>
    </div>
  )
}

function Bar({
  column: { dots, only, share },
  lines,
  x,
  dotsFrom,
}: {
  column: Column
  lines: readonly Line[]
  x: number
  dotsFrom: number
}) {
  const height = Math.max(2, share * barHeight)
  const y = (row: number) => dotsFrom + row * rowHeight + rowHeight / 2
  const named = dots.map((row) => lines[row]?.label ?? '').join(' + ')
  return (
    <g>
      <title>{`${named}: ${words.members(only)}`}</title>
      <text className={styles.number} x={x} y={top + barHeight - height - 5} textAnchor="middle">
        {formatCount(only)}
      </text>
      <rect
        className={styles.bar}
        x={x - 9}
        y={top + barHeight - height}
        width={18}
        height={height}
        rx={2}
      />
      {dots.length > 1 && (
        <line
          className={styles.join}
          x1={x}
          x2={x}
          y1={y(Math.min(...dots))}
          y2={y(Math.max(...dots))}
        />
      )}
      {lines.map(({ label }, row) => (
        <circle
          key={label}
          className={styles.dot}
          data-on={dots.includes(row)}
          cx={x}
          cy={y(row)}
          r={6}
        />
      ))}
    </g>
  )
}
