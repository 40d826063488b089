import { tokenInFragment } from './address.ts'
import { makeCell } from './cell.ts'
import { embedded } from './embedded.ts'
import { forgetKept } from './kept.ts'

const storedAs = 'tessera.token'

/** The token that requests carry; empty when nobody is signed in. */
export const token = makeCell(embedded ? '' : (sessionStorage.getItem(storedAs) ?? ''))

/** Why the last token was given up, in the server's words. */
export const signedOutBecause = makeCell('')

/** Signs in with a token, for as long as this tab lives; in another tool's window, as long as the page does. */
export function signIn(given: string): void {
  // Whoever comes may be somebody else than whoever wrote it.
  if (given !== token.get()) forgetKept()
  if (!embedded) sessionStorage.setItem(storedAs, given)
  signedOutBecause.set('')
  token.set(given)
}

/** Forgets the token. */
export function signOut(why = ''): void {
  if (!embedded) sessionStorage.removeItem(storedAs)
  signedOutBecause.set(why)
  token.set('')
}

/** Takes the token out of the address bar, so that it is neither seen nor kept in the history. */
export function takeTokenFromAddress(): void {
  const found = tokenInFragment(location.hash)
  if (found === undefined) return
  history.replaceState(history.state, '', location.pathname + location.search)
  signIn(found)
}
