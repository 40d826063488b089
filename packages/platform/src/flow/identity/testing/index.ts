export { emailAndPhone, houseOfPeople } from './house.ts'
export { putRows, removeRows, type WrittenRow } from './people.ts'
export { unify } from './unify.ts'
