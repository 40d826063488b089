import { faults } from '#kernel/fault.ts'

/** What can go wrong when somebody asks what has become of what arrived. */
export const arrivalFaults = faults('arrivals', {
  unknown_event: {
    status: 404,
    say: (d: { position: number }) => `there is no event at ${d.position}`,
    help: 'Nothing was kept in the log at this position, or the log has let go of it and the lake holds nothing that came from it.',
  },
  bad_time: {
    status: 422,
    say: (d: { name: string; text: string }) =>
      `${d.name}: "${d.text}" is no time; write it as 2026-01-31T10:00:00Z`,
    help: 'A time in the address cannot be read. Write it as ISO 8601, such as 2026-01-31T10:00:00Z.',
  },
  turned_around: {
    status: 422,
    say: (d: { from: string; to: string }) => `${d.from} is not before ${d.to}`,
    help: 'A window begins after it ends. Exchange the two.',
  },
  pinned_type: {
    status: 409,
    say: (d: { stream: string; field: string; pinned: string; type: string }) =>
      `the definition of ${d.stream} says that ${d.field} is ${d.pinned}, so it cannot become ${d.type}; change the definition`,
    help: 'The type of a field is stated in `fields` of its stream. A decision against it would be taken back at the next run. State another type there, or none.',
  },
})
