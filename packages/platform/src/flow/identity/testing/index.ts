export { putRows, removeRows, type WrittenRow } from './people.ts'
export { unify } from './unify.ts'
