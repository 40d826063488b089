import { faults } from '#kernel/fault.ts'

/** What can go wrong with the store, its folder and its secrets. */
export const storeFaults = faults('store', {
  folder_in_use: {
    status: 409,
    say: (d: { folder: string; pid?: number; address?: string }) =>
      `${d.folder} is held by ${holderWords(d)}; stop that process, or choose another data folder with TESSERA_DATA`,
    help: 'One process holds a data folder at a time. Talk to the running server instead, stop it, or set TESSERA_DATA to another folder. The hold ends by itself when the process ends, however it ends.',
  },
  too_new: {
    status: 500,
    say: (d: { what: string; found: number; known: number }) =>
      `${d.what} has version ${d.found}, this program knows up to ${d.known}; use the newer program that wrote it`,
    help: 'A newer version of Tessera has written this file. Start that version or a later one, or restore a backup made before the upgrade.',
  },
  disk_full: {
    status: 503,
    say: () =>
      'the disk that holds the data folder is full, so nothing was kept; free some space and send it again',
    help: 'Writing failed because no space is left. What was refused was not kept in part; everything kept before is safe. Free space on the disk of the data folder, then repeat.',
  },
  trouble: {
    status: 503,
    say: (d: { what: string }) =>
      `the store cannot be used right now: ${d.what}; try again, and look at the disk if it stays so`,
    help: 'The disk or the file of the store refuses to be read or written. Look at the mount, its rights and the system log.',
  },
  damaged: {
    status: 500,
    say: (d: { what: string }) =>
      `the store's file is damaged: ${d.what}; restore the last backup into an empty data folder`,
    help: 'The file of the store is not a sound database any more. Keep a copy of it, then restore the last backup.',
  },
  already_there: {
    status: 409,
    say: (d: { file: string }) =>
      `${d.file} already exists and is not overwritten; name another file or remove it`,
    help: 'A backup is only written to a new file.',
  },
  unknown_secret: {
    status: 404,
    say: (d: { name: string; near: string }) =>
      `there is no secret "${d.name}"${d.near}; set it first, then use it`,
    help: 'Something refers to a secret that was never set or has been removed. Set it under this name.',
  },
  secret_key_missing: {
    status: 500,
    say: (d: { file: string; secrets: number }) =>
      `${d.file} is missing but ${d.secrets} secrets are sealed with it; put the file back from where you keep it`,
    help: 'Secrets are sealed with a key that lies in the data folder and never in the store. Put the key file back, or remove the secrets and set them again.',
  },
  secret_unreadable: {
    status: 500,
    say: (d: { name: string }) =>
      `the secret "${d.name}" cannot be opened with this key; put the right secret.key back or set the secret again`,
    help: 'The secret was sealed with another key, or its row was changed. Put the right key file back or set the secret again.',
  },
})

function holderWords({ pid, address }: { pid?: number; address?: string }): string {
  if (address !== undefined) return `the server at ${address} (process ${pid})`
  return pid === undefined ? 'another process' : `process ${pid}`
}
