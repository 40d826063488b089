import { execFileSync } from 'node:child_process'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { AwsClient } from 'aws4fetch'
import { findProgram, folderOf, freePort, type Running, startProgram } from './program.ts'

/** A store that speaks S3, with one bucket, for the tests of one file. */
export interface BucketServer extends Running {
  readonly port: number
  readonly endpoint: string
  readonly keys: { readonly id: string; readonly secret: string }
  readonly put: (key: string, content: string | Uint8Array) => Promise<void>
  readonly remove: (key: string) => Promise<void>
  /** Lets everybody read the bucket. */
  readonly open: () => Promise<void>
}

const program = findProgram('versitygw', [join(homedir(), 'go/bin'), '/usr/local/bin'])

/** Why tests with a bucket are left out on this machine; empty when they are not. */
export const withoutBuckets = program === undefined ? 'versitygw is not installed' : ''

/** Starts Versity's S3 gateway over a folder of this machine, with an empty bucket. */
export async function startBuckets(bucket: string): Promise<BucketServer> {
  // Whoever runs the tests, who may be the only one who can reach where it was installed.
  const runner = {}
  const [folder, port] = [folderOf(runner), await freePort()]
  const endpoint = `http://127.0.0.1:${port}`
  const keys = { id: 'tester', secret: 'a secret of the tests' }
  const client = new AwsClient({
    accessKeyId: keys.id,
    secretAccessKey: keys.secret,
    service: 's3',
    region: 'us-east-1',
    retries: 0,
  })
  const ask = async (method: string, path: string, body?: string | Uint8Array<ArrayBuffer>) => {
    const answer = await client.fetch(`${endpoint}/${bucket}${path}`, {
      method,
      body: body ?? null,
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
  }
  const place = (key: string) => `/${key.split('/').map(encodeURIComponent).join('/')}`
  // Beside the files, because not every file system keeps their attributes.
  const [files, notes] = [join(folder, 'files'), join(folder, 'notes')]
  execFileSync('mkdir', [files, notes], runner)
  const login = ['--access', keys.id, '--secret', keys.secret, '--port', `127.0.0.1:${port}`]
  const running = await startProgram({
    program: program ?? '',
    args: [...login, '--quiet', 'posix', '--sidecar', notes, files],
    runner,
    folder,
    isReady: async () => (await fetch(endpoint)).status > 0,
  })
  await ask('PUT', '')
  return {
    ...running,
    port,
    endpoint,
    keys,
    put: (key, content) => ask('PUT', place(key), Uint8Array.from(Buffer.from(content))),
    remove: (key) => ask('DELETE', place(key)),
    open: () => ask('PUT', '?policy=', JSON.stringify(openPolicy(bucket))),
  }
}

const openPolicy = (bucket: string) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: '*',
      Action: ['s3:GetObject', 's3:ListBucket'],
      Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
    },
  ],
})
