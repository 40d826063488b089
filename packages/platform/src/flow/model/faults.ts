import { faults } from '#kernel/fault.ts'

/** What can be wrong with the data model. */
export const modelFaults = faults('model', {
  unknown_object: {
    status: 404,
    say: (d: { object: string; near: string }) => `there is no model object "${d.object}"${d.near}`,
    help: 'A definition or a request names a model object that does not exist. `GET /api/model` lists them all; define your own with kind `model_object`.',
  },
  unknown_field: {
    status: 422,
    say: (d: { object: string; field: string; near: string }) =>
      `${d.object} has no field "${d.field}"${d.near}`,
    help: 'A definition names a field that the model object does not have. Add it with a `model_object` definition, or correct the name.',
  },
  field_name: {
    status: 422,
    say: (d: { object: string; field: string }) =>
      `${d.object} cannot have a field "${d.field}": a name begins with a small letter, has small letters, digits and _, and is no name that the model itself uses`,
    help: 'Fields become columns of tables. `profile_id` and names that end in `__key` are columns that the model makes itself.',
  },
  no_id: {
    status: 422,
    say: (d: { object: string }) => `"${d.object}" needs a text field "id"`,
    help: 'Every model object has a text field `id`: the key that the source gives.',
  },
  no_time: {
    status: 422,
    say: (d: { object: string }) =>
      `"${d.object}" is of category engagement and needs "time": the field that says when it happened`,
    help: 'Engagement objects are read by time. Name the timestamp field in `time`.',
  },
  time_type: {
    status: 422,
    say: (d: { object: string; field: string; type: string }) =>
      `${d.object}.${d.field} is ${d.type}, but "time" needs a timestamp`,
    help: 'The field that says when something happened holds instants: give it the type timestamp, or name another field.',
  },
  field_changed_type: {
    status: 422,
    say: (d: { object: string; field: string; was: string; is: string }) =>
      `${d.object}.${d.field} is ${d.was} in the standard model and cannot become ${d.is}`,
    help: 'A custom definition may add fields to a standard object, but not change the type of those it has.',
  },
})
