import { faults } from '#kernel/fault.ts'

/** What can go wrong with the log of events. */
export const logFaults = faults('log', {
  busy: {
    status: 429,
    say: (d: { waitingBytes: number; retryAfterSeconds: number }) =>
      `${d.waitingBytes} bytes of events are waiting for the disk, so no more are taken; send it again in ${d.retryAfterSeconds} s`,
    help: 'Events come in faster than the disk takes them. Nothing of this request was kept; send it again after the seconds that Retry-After names.',
  },
  trouble: {
    status: 503,
    say: (d: { what: string }) =>
      `events cannot be kept right now: ${d.what}; nothing of this was kept, send it again and look at the disk if it stays so`,
    help: 'The disk or the file of the event log refuses to be written or read: it is full, gone or failing. What was refused was not kept in part; everything acknowledged before is safe. Free space or mend the mount, then send it again.',
  },
  too_large: {
    status: 413,
    say: (d: { bytes: number; most: number }) =>
      `${d.bytes} bytes are more than the ${d.most} that can be kept at once; send less at a time`,
    help: 'One event may have 16 MiB, and what is sent together must fit into the memory that is set aside for waiting events. Split it.',
  },
  too_new: {
    status: 500,
    say: (d: { file: string; found: number; known: number }) =>
      `${d.file} has version ${d.found}, this program knows up to ${d.known}; use the newer program that wrote it`,
    help: 'A newer version of Tessera has written this event log. Start that version or a later one, or restore a backup made before the upgrade.',
  },
  damaged: {
    status: 500,
    say: (d: { what: string }) =>
      `the file of the event log is damaged: ${d.what}; restore the last backup into an empty data folder`,
    help: 'The file of the event log is not a sound database any more. Keep a copy of it, then restore the last backup.',
  },
  already_there: {
    status: 409,
    say: (d: { file: string }) =>
      `${d.file} already exists and is not overwritten; name another file or remove it`,
    help: 'A copy of the event log is only written to a new file.',
  },
})
