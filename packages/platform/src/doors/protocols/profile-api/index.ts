export type { ProfileReading } from './people.ts'
export { makeProfileApiFront } from './profile-api.ts'
