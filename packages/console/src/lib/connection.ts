import { makeCell } from './cell.ts'

/** Whether the server answers: well, after a long while, or not at all. */
export type Connection = 'well' | 'slow' | 'lost'

/** How the server answers just now. */
export const connection = makeCell<Connection>('well')

const patienceMs = 5_000
let late = 0

/** Watches one request, which may take so much longer on purpose; call what it returns with how it ended. */
export function watchRequest(waitMs = 0): (end: 'answered' | 'lost' | 'given up') => void {
  let isLate = false
  const timer = setTimeout(() => {
    isLate = true
    late += 1
    if (connection.get() === 'well') connection.set('slow')
  }, patienceMs + waitMs)
  return (end) => {
    clearTimeout(timer)
    if (isLate) late -= 1
    if (end === 'lost') connection.set('lost')
    else if (end === 'answered') connection.set(late > 0 ? 'slow' : 'well')
    else if (late === 0 && connection.get() === 'slow') connection.set('well')
  }
}
