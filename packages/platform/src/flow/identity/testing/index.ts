export { type MadeRecord, madeRecords, putMade } from './generated.ts'
export { emailAndPhone, houseOfPeople } from './house.ts'
export { putRows, removeRows, type WrittenRow } from './people.ts'
export { unify } from './unify.ts'
