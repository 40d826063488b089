import { faults } from '#kernel/fault.ts'

/** What can go wrong between another system and the spool. */
export const connectorFaults = faults('connectors', {
  unknown_connector: {
    status: 404,
    say: (d: { key: string; near: string }) => `there is no connector "${d.key}"${d.near}`,
    help: 'A connection names a connector that this Tessera does not have. The list of connectors shows all there are.',
  },
  no_such_folder: {
    status: 404,
    say: (d: { folder: string }) => `there is no folder ${d.folder}`,
    help: 'The folder of the connection is not there, or is no folder. A relative one starts at the folder that Tessera was started in.',
  },
  no_such_file: {
    status: 404,
    say: (d: { path: string; folder: string; near: string }) =>
      `no file in ${d.folder} is called or matches "${d.path}"${d.near}`,
    help: 'The path of the stream names no file below the folder of its connection. It may be one file, such as `sales/2024.csv`, or a pattern, such as `sales/*.csv` or `**/*.csv`. Upper and lower case count; hidden files match no pattern.',
  },
  outside_folder: {
    status: 422,
    say: (d: { path: string; folder: string }) => `"${d.path}" leads out of ${d.folder}`,
    help: 'A stream takes only files below the folder of its connection. The path is absolute, holds `..`, or follows a symbolic link to another place. Make a connection for the other folder instead.',
  },
  closed_folder: {
    status: 422,
    say: (d: { path: string }) => `"${d.path}" lies in a folder that streams may not read`,
    help: "The file lies in Tessera's own data folder, where secrets are kept. Put files for streams somewhere else.",
  },
  disk_full: {
    status: 503,
    say: () =>
      'the disk that holds the data folder is full, so the file was not taken; free some space and run again',
    help: 'There is no room for the file on its way in. Nothing of it was kept; free some space on the disk of the data folder and run again.',
  },
  unreadable_file: {
    status: 422,
    say: (d: { name: string; why: string }) => `${d.name} cannot be read: ${d.why}`,
    help: 'The file is there, but the system does not let Tessera read it, or it is no ordinary file. Check its owner and permissions.',
  },
  damaged_file: {
    status: 422,
    say: (d: { name: string; why: string }) => `${d.name} is damaged: ${d.why}`,
    help: 'A compressed file ends early or does not unpack, or a parquet file or a workbook is not whole. It may still have been on its way: try again, or fetch it anew.',
  },
  empty_file: {
    status: 422,
    say: (d: { name: string }) => `${d.name} is empty`,
    help: 'The file holds nothing but white space: no record and no names of columns. Often an export that failed.',
  },
  unknown_format: {
    status: 422,
    say: (d: { name: string; known: readonly string[] }) =>
      `the ending of ${d.name} does not tell its format; set format to one of ${d.known.join(', ')}`,
    help: 'Endings that tell: .csv .txt .tsv .tab .json .ndjson .jsonl, also with .gz, and .parquet .xlsx .xlsm. Set `format` for a file that is called differently. Archives have to be unpacked first.',
  },
  changed_meanwhile: {
    status: 409,
    say: (d: { name: string }) =>
      `${d.name} was changed while it was taken; the next run takes it as it then is`,
    help: 'The file was written again between being listed and being fetched, so what arrived may be neither the old nor the new one. Nothing of it was kept. If it happens often, have files written under another name and renamed when they are whole.',
  },
  no_such_bucket: {
    status: 404,
    say: (d: { at: string; bucket: string }) => `${d.at} has no bucket "${d.bucket}"`,
    help: 'The bucket of the connection is not there. Check its name, the endpoint and the region, and `path_style`: with it the bucket stands in the path of the address, without it in the name of the host.',
  },
  other_region: {
    status: 422,
    say: (d: { bucket: string; region: string }) =>
      `the bucket "${d.bucket}" is in ${d.region === '' ? 'another region' : `the region ${d.region}`}`,
    help: 'Buckets are asked for in their own region. Set `region` of the connection to the one that the message names.',
  },
  unknown_host: {
    status: 422,
    say: (d: { at: string; found: string }) =>
      `nobody has said yet that ${d.at} is who it should be: it shows the key ${d.found}`,
    help: 'The first time that a host is signed in to, its key has to be confirmed, or anybody could stand in its place and learn the password. Compare the key that the message shows with the one that the owner of the host names (`ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` prints it there), and set `host_key` of the connection to it.',
  },
  other_host: {
    status: 422,
    say: (d: { at: string; found: string; expected: string }) =>
      `${d.at} shows the key ${d.found} and not ${d.expected}, so it was told no password`,
    help: 'The host has a new key, or another one stands in its place to learn the password. Ask its owner; if the new key is right, set `host_key` of the connection to it.',
  },
  other_workbook: {
    status: 422,
    say: (d: { name: string; why: string }) =>
      `${d.name} cannot be read: ${d.why}; save it as a workbook of the kind .xlsx, without a password`,
    help: 'Of workbooks only .xlsx and .xlsm are read, which programs write since 2007. Open the file in a spreadsheet program, take the password away if it has one, and save it as .xlsx (or as .csv). If only its ending is wrong, set `format` to what it is.',
  },
  too_large_workbook: {
    status: 422,
    say: (d: { name: string; part: string; mostBytes: number }) =>
      `${d.part} of ${d.name} unpacks to more than ${d.mostBytes / 1024 ** 2} MiB`,
    help: 'A sheet may unpack to 4 GiB and be written out to 8 GiB, the list of all texts of a workbook to 256 MiB, and everything else to 32 MiB. That is more than programs write for a million rows; a file that is small and unpacks to more may be meant to do harm. Save the sheet as .csv, or divide it.',
  },
  no_such_sheet: {
    status: 404,
    say: (d: { name: string; sheet: string; sheets: readonly string[]; near: string }) =>
      `${d.name} has no sheet ${d.sheet}${d.near}; it has ${d.sheets.map((sheet) => `"${sheet}"`).join(', ') || 'none'}`,
    help: 'The setting `sheet` is the name of a sheet of the workbook, or its number, from 1, among those that hold cells.',
  },
  no_such_row: {
    status: 422,
    say: (d: { name: string; row: number }) =>
      `row ${d.row} of ${d.name} is empty, so it holds no names of columns`,
    help: 'The setting `header_row` is the number of the row that holds the names of columns, as the spreadsheet program counts. Leave it out to have the row found.',
  },
  wrong_format: {
    status: 422,
    say: (d: { name: string; format: string; found: string }) =>
      `${d.name} should be ${d.format}, but begins with ${d.found}`,
    help: 'The content is of another format than the ending or the setting `format` says. Set `format` to what it is.',
  },
  unreadable_encoding: {
    status: 422,
    say: (d: { name: string; position: number; encoding: string; advice: string }) =>
      `byte ${d.position} of ${d.name} is not ${d.encoding}; ${d.advice}`,
    help: 'The text is not in the encoding that was set or found out. Set `encoding` to the one it was written in (windows-1252 and iso-8859-1 are common in the west), or have it exported as UTF-8. Nothing is replaced by question marks on the way in.',
  },
  cannot_tell_delimiter: {
    status: 422,
    say: (d: { name: string; candidates: readonly string[] }) =>
      `it cannot be told what stands between the values of ${d.name}; ${
        d.candidates.length > 1 ? `it may be ${d.candidates.join(' or ')}` : 'no sign fits'
      }`,
    help: 'Records fall into different numbers of values whichever sign divides them, or two signs fit as well. Set `delimiter`, and `quote` if values are quoted with something else than ".',
  },
  sends_by_itself: {
    status: 409,
    say: (d: { connector: string }) => `"${d.connector}" sends by itself; there is nothing to read`,
    help: 'What comes through this connection is received, not fetched. Send something with its write key or to its address.',
  },
  unknown_object: {
    status: 422,
    say: (d: { object: string; near: string }) =>
      `the connection has no object "${d.object}"${d.near}`,
    help: 'A stream names an object that its connection does not declare. Add it to the settings of the connection, or correct the name.',
  },
  cannot_sign_in: {
    status: 422,
    say: (d: { at: string; user: string; why: string }) =>
      `${d.at} does not let "${d.user}" in: ${d.why}`,
    help: 'The system refused the name or the password of the connection. Check the user, the secret that the connection names, and whether this user may come from this machine.',
  },
  no_such_database: {
    status: 404,
    say: (d: { at: string; database: string }) => `${d.at} has no database "${d.database}"`,
    help: 'The database of the connection is not there. Upper and lower case may count.',
  },
  no_such_table: {
    status: 404,
    say: (d: { at: string; table: string; near: string }) =>
      `${d.at} has no table or view "${d.table}"${d.near}`,
    help: 'The table of the stream is not there, was removed, or cannot be seen by the user of the connection. Write `schema.table`, or just the table for one of the schema of the connection; upper and lower case count.',
  },
  table_or_query: {
    status: 422,
    say: () => 'the source should name a table or hold a query, and not both',
    help: 'A stream takes a `table` or a `query` (one select statement) from a database.',
  },
  not_permitted: {
    status: 422,
    say: (d: { at: string; user: string; why: string }) =>
      `${d.at} does not permit this to "${d.user}": ${d.why}`,
    help: 'The user of the connection may sign in, but not read what the stream takes. Grant it the right to read, for instance `grant select on ... to ...`.',
  },
  query_refused: {
    status: 422,
    say: (d: { at: string; why: string }) => `${d.at} refuses the query: ${d.why}`,
    help: 'The database does not understand what it was asked, or may not do it: the sentence is its own. Check the query, the columns and the cursor of the stream. Only one reading select statement can be asked.',
  },
  connection_lost: {
    status: 502,
    say: (d: { at: string; why: string }) => `the connection to ${d.at} broke off: ${d.why}`,
    help: 'The system ended the connection, was restarted, or the network failed. What was taken until then is kept; the next run goes on from there, or begins again where everything is taken at once.',
  },
  no_secure_connection: {
    status: 502,
    say: (d: { at: string; why: string }) => `${d.at} has no secure connection to offer: ${d.why}`,
    help: "The system does not speak TLS there, or its certificate is expired, made for another name or signed by nobody known. Give the certificate of who signed it as `ca`, or, only on a network that you trust, set `tls` to 'off'.",
  },
  source_busy: {
    status: 503,
    say: (d: { at: string; why: string }) => `${d.at} takes nobody in at the moment: ${d.why}`,
    help: 'The system is starting, stopping, or has as many connections as it allows. Try again later.',
  },
  source_timeout: {
    status: 504,
    say: (d: { at: string; why: string }) => `${d.at} took too long: ${d.why}`,
    help: 'The system did not answer in time, or ended a query after a limit of its own. An index on the cursor column helps; so does a higher limit for the user of the connection.',
  },
  unfit_cursor: {
    status: 422,
    say: (d: { column: string; why: string }) => `"${d.column}" cannot be the cursor: ${d.why}`,
    help: 'A cursor is a column whose values rise as rows are added or changed: a time of change, or a rising number.',
  },
  rows_without_cursor: {
    status: 422,
    say: (d: { of: string; column: string }) =>
      `rows of ${d.of} have no "${d.column}" that later rows could be beyond, so they were not taken; all others were`,
    help: 'The cursor column is empty, infinite or not a number in some rows, so that nobody can tell whether they are new. Take a query instead of the table, one that fills it (`coalesce(updated_at, created_at) as updated_at`) or leaves these rows out; or leave out the cursor.',
  },
  not_text: {
    status: 422,
    say: (d: { of: string; column: string }) =>
      `"${d.column}" of ${d.of} holds bytes that are not UTF-8`,
    help: 'The database keeps text without knowing its encoding, and some of it is not UTF-8. Nothing is replaced by question marks on the way in: take a query that converts the column, for instance with `convert_from(...)`, or mend the rows.',
  },
  no_database_file: {
    status: 422,
    say: (d: { name: string; why: string }) => `${d.name} is no SQLite database: ${d.why}`,
    help: 'The file is of another kind, is encrypted by its app, or is damaged. If it was copied while its app was writing, copy it anew with `sqlite3 shop.db ".backup copy.db"`.',
  },
  cannot_open_database: {
    status: 422,
    say: (d: { name: string; why: string }) => `${d.name} cannot be opened for reading: ${d.why}`,
    help: 'Its app was cut off in the middle of writing, or keeps a WAL file that cannot be shared because Tessera may not write to the folder. Start and end the app once, so that it tidies up; or give Tessera the right to write to the folder; or take a copy made with `.backup`.',
  },
  leads_elsewhere: {
    status: 422,
    say: (d: { to: string; from: string }) => `${d.to} leads away from ${d.from}`,
    help: 'A path, or the address of a next page, names another server than the connection. It is not followed, because it would be given the credentials. Make a connection for that server, or correct the path.',
  },
  refused_request: {
    status: 422,
    say: (d: { what: string; status: number; beginning: string }) =>
      `${d.what} was answered with ${d.status}: ${d.beginning || 'nothing was said'}`,
    help: 'The server has refused the request and would do so again. 401 and 403: look at `auth` of the connection, the secret and its rights; 404: at `base_url` and `path`; 400 and 422: at `query`, `body` and the parameters of paging.',
  },
  failing_server: {
    status: 502,
    say: (d: { what: string; status: number; beginning: string }) =>
      `${d.what} was answered with ${d.status}, again and again: ${d.beginning || 'nothing was said'}`,
    help: 'The server has failed, also after several attempts with pauses in between. What was taken is kept; the next run goes on.',
  },
  too_many_requests: {
    status: 429,
    say: (d: {
      what: string
      status: number
      beginning: string
      waitSeconds: number | undefined
    }) =>
      `${d.what} was answered with ${d.status}${
        d.waitSeconds === undefined ? '' : `, to be asked again in ${d.waitSeconds} seconds`
      }: ${d.beginning || 'nothing was said'}`,
    help: 'The server wants to be asked less often, and for longer than is waited within a run. Set `requests_per_second` in the connection, or run later.',
  },
  no_token: {
    status: 422,
    say: (d: { to: string; status: number; beginning: string }) =>
      `${d.to} gave no token but ${d.status}: ${d.beginning || 'nothing was said'}`,
    help: 'The server that gives out tokens has refused. Check `client_id`, the secret, `scope` and `audience`; some want the client in the body: `client_in: body`.',
  },
  not_json: {
    status: 422,
    say: (d: { what: string; why: string; beginning: string }) =>
      `the answer to ${d.what} is not JSON: ${d.why}${d.beginning && `; it begins with ${d.beginning}`}`,
    help: 'The answer should be JSON in UTF-8. A page in HTML is often a sign-in page or an error: look at `base_url`, `path` and `auth`.',
  },
  no_list: {
    status: 422,
    say: (d: { at: string; lists: readonly string[]; near: string }) =>
      `${d.at === '' ? 'it cannot be told where the answer holds its records' : `the answer has no list at ${d.at}`}; ${
        d.lists.length === 0 ? 'it has no list at all' : `its lists are ${d.lists.join(', ')}`
      }${d.near}`,
    help: 'The records are found by themselves where an answer holds just one list. Otherwise `records` of the source says where they are, such as `data.items`, or `.` for the answer itself.',
  },
  page_too_large: {
    status: 422,
    say: (d: { what: string; mostBytes: number }) =>
      `the answer to ${d.what} is longer than ${d.mostBytes} bytes`,
    help: 'An answer is read as a whole, so it must fit into memory. Ask for smaller pages: set `paging`, or a parameter for the size of a page in `query`.',
  },
  repeating_pages: {
    status: 502,
    say: (d: { path: string; pages: number }) =>
      `${d.path} gave the same page twice within ${d.pages} pages`,
    help: 'The server leads in a circle, or does not know the parameters that `paging` names and gives its first page again and again. Compare them with the description of the API.',
  },
  ended_early: {
    status: 502,
    say: (d: { total: number; found: number; things: string }) =>
      `the server speaks of ${d.total} ${d.things} but gave ${d.found}`,
    help: 'The pages ended before everything was there, so the reading is not taken for complete. Run again; if it stays so, look at `total` of the paging.',
  },
  unusable_value: {
    status: 422,
    say: (d: { what: string; found: string }) => `${d.what} cannot be used: ${d.found}`,
    help: 'A value that the source names for paging or for progress is missing or of another kind, for progress in every record of a first reading. Progress needs a date such as 2024-01-31T12:00:00Z or a number; numbers are dates only where `format` says so.',
  },
  not_sorted: {
    status: 422,
    say: (d: { field: string; before: string; after: string }) =>
      `the records are not sorted by ${d.field}: ${d.after} comes after ${d.before}`,
    help: 'The source says that records come oldest first. Add the parameter that sorts them to `query`, or take `sorted` away.',
  },
  no_such_topic: {
    status: 404,
    say: (d: { topic: string; near: string }) => `there is no topic "${d.topic}"${d.near}`,
    help: 'The topic of the stream is not there, or cannot be seen by the user of the connection. Nothing is made by reading.',
  },
  no_leader: {
    status: 503,
    say: (d: { topic: string; partition: number }) =>
      `partition ${d.partition} of ${d.topic} has no broker that leads it`,
    help: 'The broker that holds the partition is down, or a new leader is being chosen. Try again later; nothing was passed over.',
  },
  topic_made_anew: {
    status: 409,
    say: (d: { topic: string; why: string }) =>
      `${d.topic} is not the topic that was read: ${d.why}`,
    help: 'The topic was removed and made again, or lost its newest records, so the place that was reached means nothing in it. Make a new stream for it; or set `on_loss: go_on` in the source to read it from its start into the same stream.',
  },
  records_gone: {
    status: 409,
    say: (d: { topic: string; missing: string; where: string }) =>
      `up to ${d.missing} records of ${d.topic} were removed before they were read (${d.where})`,
    help: 'The topic keeps records for a shorter time than it took until they were read. Lengthen its retention or read more often. To go on without them, set `on_loss: go_on` in the source; the name of the batch then says how many are missing. Compaction may have removed some of them before.',
  },
  registry_value: {
    status: 422,
    say: (d: { topic: string; at: string; schema: number }) =>
      `the value at ${d.at} of ${d.topic} is not JSON but follows schema ${d.schema} of a schema registry`,
    help: 'Values that begin with the head of a schema registry (Avro, Protobuf or JSON Schema) are not read. Have them written as plain JSON, or converted on their way into another topic.',
  },
  broker_trouble: {
    status: 502,
    say: (d: { at: string; why: string }) => `${d.at} cannot be read: ${d.why}`,
    help: 'A broker has refused or could not answer; the sentence is its own. What was taken is kept; the next run goes on from there.',
  },
})
