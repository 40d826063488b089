import { makeCell } from '../../lib/cell.ts'

/** The question that is being written; it stays while one looks at other pages. */
export const lastText = makeCell('')
