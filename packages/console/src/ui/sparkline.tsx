import { pointsOf } from '../lib/sparkline.ts'
import styles from './sparkline.module.css'

const size = { width: 120, height: 26 }

/** How a number went, as a line without axes. What it says stands in its name. */
export function Sparkline({ label, values }: { label: string; values: readonly number[] }) {
  const points = pointsOf(values, size)
  const last = points.at(-1)
  return (
    <svg
      className={styles.line}
      width={size.width}
      height={size.height}
      viewBox={`0 0 ${size.width} ${size.height}`}
      role="img"
      aria-label={label}
    >
      <title>{label}</title>
      <polyline points={points.map(({ x, y }) => `${x},${y}`).join(' ')} />
      {last && <circle cx={last.x} cy={last.y} r="2.2" />}
    </svg>
  )
}
