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
      `the definition of ${d.stream} says that ${d.field} is ${d.pinned}, so it cannot become ${d.type}; change the definition first`,
    help: 'The type of a field is stated in `fields` of its stream. A decision against it would be taken back at the next run. State another type there, or none.',
  },
  key_field: {
    status: 409,
    say: (d: { stream: string; field: string; type: string }) =>
      `${d.field} is the key of ${d.stream}: rows whose key is no ${d.type} would be without one; only text takes every key`,
    help: 'A field of the primary key tells rows apart, so that its values cannot stand beside it. It can become text, which every value is; for another type take the field out of the key first.',
  },
  no_quiet: {
    status: 503,
    say: (d: { stream: string }) =>
      `events come into ${d.stream} too fast to be counted at one moment; ask again`,
    help: 'What is in the lake and what waits for it are told of one moment, and none was found within seconds. Ask again.',
  },
  lake_behind: {
    status: 503,
    say: (d: { stream: string }) =>
      `the lake has not brought yet what came into ${d.stream}, so it is not known what was rejected; ask again`,
    help: 'What was rejected is told from the lake, which is behind. `tessera status` says how far, and what holds it up.',
  },
  unknown_replay: {
    status: 404,
    say: (d: { id: string }) => `there is no replay "${d.id}"`,
    help: 'The replay was never made here. `GET /api/replays` lists them.',
  },
  nothing_to_replay: {
    status: 422,
    say: (d: { stream: string; from: number; to: number; oldest: number }) =>
      `nothing of ${d.stream} can be run again from ${d.from} to ${d.to}; the log keeps events from ${d.oldest} on`,
    help: 'The window is empty, lies in the future, or is older than the log keeps events. Ask for a later or a longer one.',
  },
  nothing_rejected: {
    status: 422,
    say: (d: { stream: string; from: number; to: number }) =>
      `no event of ${d.stream} from ${d.from} to ${d.to} is among the rejected records`,
    help: 'Only what was rejected is to be run again, and there is nothing. `tessera rejected <stream>` lists what was rejected; records of files are mended there.',
  },
  not_ready: {
    status: 409,
    say: (d: { id: string; state: string }) => `the replay ${d.id} is ${d.state}`,
    help: 'Only a replay that was compared can be swapped, and one that was swapped cannot be discarded. Look at its state.',
  },
  replay_moved: {
    status: 409,
    say: (d: { id: string }) =>
      `what the replay ${d.id} would change is no longer what was shown: events, definitions or decisions came in between; look at the new difference and swap again`,
    help: 'A swap only does what somebody has seen. The difference was computed anew and is shown with the replay.',
  },
  not_received: {
    status: 409,
    say: (d: { stream: string }) =>
      `${d.stream} does not receive events, so there are none to run again`,
    help: 'Only what came as events is in the log. A stream that is read from its source is read again by a run.',
  },
})
