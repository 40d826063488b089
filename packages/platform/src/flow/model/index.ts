export {
  type Category,
  categories,
  type ModelFieldDefinition,
  type ModelObject,
  type ModelObjectDefinition,
  modelObjectSchema,
} from './definition.ts'
export { modelFaults } from './faults.ts'
export { type Model, modelOf, pathTo, problemsOfObject, type Step, unknownField } from './model.ts'
export { standardModel, subjectAreas } from './standard/index.ts'
export {
  columnsOf,
  dropModelTable,
  fittingColumns,
  linkColumn,
  linkFields,
  modelTable,
  noteRowChange,
  prepareRowChanges,
  type RowChanges,
  rowChanges,
  shapeModelTable,
  systemColumns,
} from './tables.ts'
export { noteTouched, peopleMark, prepareTouched, touchedNow, touchedTable } from './touched.ts'
