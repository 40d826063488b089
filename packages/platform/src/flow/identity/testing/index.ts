export { putRows, removeRows, type WrittenRow } from './people.ts'
