import { tokenInFragment } from './address.ts'
import { makeCell } from './cell.ts'

const storedAs = 'tessera.token'

/** The token that requests carry; empty when nobody is signed in. */
export const token = makeCell(sessionStorage.getItem(storedAs) ?? '')

/** Why the last token was given up, in the server's words. */
export const signedOutBecause = makeCell('')

/** Signs in with a token, for as long as this tab lives. */
export function signIn(given: string): void {
  sessionStorage.setItem(storedAs, given)
  signedOutBecause.set('')
  token.set(given)
}

/** Forgets the token. */
export function signOut(why = ''): void {
  sessionStorage.removeItem(storedAs)
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
