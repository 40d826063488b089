import { formatAgo, formatTime } from '../lib/format.ts'
import { useNow } from './use-now.ts'

/** How long ago something was; the exact time on hover. */
export function Ago({ time }: { time: string }) {
  const now = useNow()
  return (
    <time dateTime={time} title={formatTime(time)}>
      {formatAgo(time, now)}
    </time>
  )
}
