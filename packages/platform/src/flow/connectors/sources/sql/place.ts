import { isIP } from 'node:net'
import type { SecretRef } from '#definitions/definition'

/** The settings of any database. */
export interface SqlSettings {
  readonly host: string
  readonly port?: number
  readonly database: string
  readonly user: string
  readonly password: SecretRef
  readonly tls?: 'require' | 'off'
  readonly ca?: string
}

/** Whether TLS is spoken: always, unless it was turned off or what is said does not leave this machine. */
export function isSecure({ tls, host }: Pick<SqlSettings, 'tls' | 'host'>): boolean {
  return tls === undefined ? !isThisMachine(host) : tls === 'require'
}

const isThisMachine = (host: string) =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
