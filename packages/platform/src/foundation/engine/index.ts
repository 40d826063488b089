export { engineSlots, openDuckdb } from './connections/duckdb.ts'
export type { Dialect } from './dialect.ts'
export { duckdb } from './dialects/duckdb.ts'
export type { Answer, Ask, Cell, Engine, Loaded, Ready, Row, TableShape, Writer } from './engine.ts'
export {
  type Call,
  call,
  cast,
  column,
  type Draft,
  type FunctionName,
  functionNames,
  type Member,
  members,
  type Part,
  type TableName,
  table,
  tryCast,
  typeName,
  value,
} from './expression.ts'
export { engineFaults } from './faults.ts'
export type { ArrivingFile, LineFile, LoadField, Needed, Survey, SurveyedField } from './files.ts'
export { isPlainNumber, jsonNumber, oddNumber } from './numbers.ts'
export { type Printed, print } from './print.ts'
export { as, every, join, keyOf, nothing, some, sql } from './sql.ts'
export {
  type Made,
  made,
  makeAll,
  makeBeside,
  placed,
  printSteps,
  type Step,
  type Timings,
  type Workbench,
} from './steps.ts'
export { writtenLike } from './written-like.ts'
