import { faults } from '#kernel/fault.ts'

/** What the ingestion wire refuses. */
export const ingestFaults = faults('ingest', {
  unknown_object: {
    status: 404,
    say: (d: { source: string; object: string }) =>
      `there is no object "${d.object}" of a source "${d.source}"; look at the connection's settings for the names of its objects, and make a stream for the object`,
    help: 'Records are sent to /api/v1/ingest/sources/<connection>/<object>. The connection has to be one of the ingestion API, its settings have to name the object, and a stream has to take it.',
  },
  unknown_path: {
    status: 404,
    say: (d: { path: string }) => `there is no ${d.path}`,
    help: 'The address does not exist on this wire.',
  },
  wrong_method: {
    status: 405,
    say: (d: { method: string; allowed: readonly string[] }) =>
      `${d.method} is not answered here; use ${d.allowed.join(' or ')}`,
    help: 'The address exists, but not for this HTTP method. The header `allow` lists those that do.',
  },
  unreadable_body: {
    status: 400,
    say: (d: { why: string }) => `the body cannot be read: ${d.why}`,
    help: 'The body is not what this address takes: JSON in UTF-8 for records and jobs, CSV for files, form fields for tokens.',
  },
  too_large: {
    status: 413,
    say: (d: { most: string }) => `more than ${d.most} at once; send it in smaller pieces`,
    help: 'A request of records takes 200 KB, one of deletions 200 ids, a file of a bulk job 150 MB (all counted after decompression). Use a bulk job for more.',
  },
  mismatch: {
    status: 400,
    say: (_: { report: readonly unknown[] }) =>
      'JSON is properly formatted but has a mismatch with Schema.',
    help: 'At least one record does not have the shape that the object declares, so nothing of the request was kept. The validation report in the answer lists what is wrong with each record.',
  },
  bad_ids: {
    status: 400,
    say: (d: { why: string }) => `the ids cannot be used: ${d.why}`,
    help: 'Name the values of the primary key of the records that shall go, in the address as `?ids=a,b` or in the body as {"ids":["a","b"]}, at most 200. Objects whose key has several fields are deleted from by a bulk job.',
  },
  grows_only: {
    status: 400,
    say: (d: { object: string }) =>
      `records of "${d.object}" tell what happened and are not deleted one by one; send a bulk job with "operation": "delete"`,
    help: 'The stream of this object only grows: each key comes once. A bulk job of deletions takes records out of it; what was deleted stays deleted, also when it is sent again.',
  },
  bad_query: {
    status: 400,
    say: (d: { name: string; value: string; expected: string }) =>
      `"${d.name}" cannot be "${d.value}"; it takes ${d.expected}`,
    help: 'A parameter of the address has a value that it does not take.',
  },
  unknown_job: {
    status: 404,
    say: (d: { id: string }) => `there is no bulk job "${d.id}"; list the jobs to see their ids`,
    help: 'The bulk job never existed, was deleted, or ended more than 30 days ago.',
  },
  job_open: {
    status: 409,
    say: (d: { object: string; id: string }) =>
      `a job for "${d.object}" is open already (${d.id}); close or abort it first`,
    help: 'At most one bulk job of an object is open at a time. Close it with {"state":"UploadComplete"} or abort it with {"state":"Aborted"}.',
  },
  wrong_state: {
    status: 409,
    say: (d: { id: string; state: string; what: string }) =>
      `job ${d.id} is ${d.state}, so it cannot be ${d.what}`,
    help: 'Files are sent while a bulk job is Open. It can be closed or aborted once, and deleted when it is not Open or InProgress.',
  },
  too_many_files: {
    status: 400,
    say: (d: { most: number }) =>
      `the job has ${d.most} files already; close it and open another for the rest`,
    help: 'A bulk job takes at most 100 files. Close it, then open another one.',
  },
  bad_file: {
    status: 400,
    say: (d: { why: string }) => `the file cannot be taken: ${d.why}`,
    help: 'A file of a bulk job is CSV in UTF-8, with commas and a header that has every field of the object. Files of deletions have the primary key, and may be without a header.',
  },
  disk: {
    status: 503,
    say: (d: { why: string; retryAfterSeconds: number }) =>
      `files cannot be kept at the moment: ${d.why}; send it again in ${d.retryAfterSeconds} s`,
    help: 'The disk that holds the data folder is full or in trouble. Nothing of the file that was sent is kept, and everything that was answered with 202 is safe. Free space or mend the disk; clients send it again after the seconds that Retry-After names.',
  },
  given_up: {
    status: 500,
    say: (d: { attempts: number; why: string }) =>
      `loading failed ${d.attempts} times, the last time because: ${d.why}`,
    help: 'The files of a bulk job could not be loaded. What was loaded before the trouble is kept; sending the same job again does no harm to objects that are upserted.',
  },
  load_again: {
    status: 503,
    say: (d: { id: string; why: string; retryAfterMs: number }) =>
      `job ${d.id} is loaded again later: ${d.why}`,
    help: 'Loading the files of a bulk job met trouble that may pass, so it waits and tries again.',
  },
  bad_schema: {
    status: 422,
    say: (d: { why: string }) => d.why,
    help: 'The description of objects is OpenAPI 3.0 in YAML or JSON: `components.schemas` names the objects, each with flat `properties`. The message names the place and what was expected.',
  },
})
