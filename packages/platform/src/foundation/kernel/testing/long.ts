import { environment } from '../config.ts'

/** Whether this is the long form of the tests: more random sequences, longer ones, more kills. */
export const isLong = environment()['TESSERA_LONG'] !== undefined
