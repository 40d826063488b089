#!/usr/bin/env node
// Starts Tessera on the Node that comes with it, with a thread pool that the engine cannot fill: its queries take pool
// threads, and files and names would wait behind them. What was compiled once is kept beside what was built.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const node = join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin', 'node')
const main = join(here, '..', 'src', 'main.ts')
const { UV_THREADPOOL_SIZE = '16', NODE_COMPILE_CACHE = join(here, '..', 'dist', 'compiled') } = process.env
const child = spawn(node, ['--disable-warning=ExperimentalWarning', main, ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, UV_THREADPOOL_SIZE, NODE_COMPILE_CACHE },
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1)
})
