import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { environment } from '#kernel/config.ts'
import { makeCertificate } from '#outgoing/testing'
import { findProgram, folderOf, freePort, type Running, startProgram } from './program.ts'

/** A Kafka of its own for the tests of one file: one broker, with a listener of each kind. */
export interface KafkaServer extends Running {
  /** Without TLS and without sign-in. */
  readonly plain: string
  /** Signs in, without and with TLS. */
  readonly signedIn: string
  readonly secure: string
  /** Answers, but names an address of the broker that nobody allowed. */
  readonly misleading: string
  /** Of all of these, as host:port. */
  readonly places: readonly string[]
  /** The certificate of the secure listener, for localhost. */
  readonly ca: string
}

/** A user that the server knows by every mechanism. */
export const kafkaUser = { user: 'reader', password: 'pa=ss.word' }

// Where `.ci/servers` puts it, unless told otherwise.
const home = environment()['TESSERA_KAFKA_HOME'] || join(homedir(), '.cache/tessera-kafka')
const java = findProgram('java')

/** Why tests with Kafka are left out on this machine; empty when they are not. */
export const withoutKafka = reasonWithout()

function reasonWithout(): string {
  if (!java) return 'there is no java'
  const folder = folderOfJars()
  const names = existsSync(folder) ? readdirSync(folder) : []
  if (names.some((name) => /^kafka_.*\.jar$/.test(name))) return ''
  return `there is no Kafka in ${home}; .ci/servers installs it, TESSERA_KAFKA_HOME names another folder`
}

/** Starts a server on free ports. */
export async function startKafka(): Promise<KafkaServer> {
  // As whoever runs the tests: the jars may lie where nobody else may read.
  const runner = {}
  const folder = folderOf(runner)
  const ports: Ports = {
    plain: await freePort(),
    signedIn: await freePort(),
    secure: await freePort(),
    misleading: await freePort(),
    controller: await freePort(),
  }
  const now = Date.now()
  const certificate = makeCertificate('localhost', [new Date(now - 3.6e6), new Date(now + 3.6e6)])
  const file = join(folder, 'server.properties')
  writeFileSync(file, propertiesOf({ folder, ports, certificate }))
  const { user, password } = kafkaUser
  const users = ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
    '--add-scram',
    `${mechanism}=[name=${user},password=${password}]`,
  ])
  const format = ['kafka.tools.StorageTool', 'format', '-t', 'AAAAAAAAQACAAAAAAAAAAA', '-c', file]
  execFileSync(java ?? '', [...javaOptions(), ...format, ...users], { ...runner, stdio: 'pipe' })
  const { plain, signedIn, secure, misleading } = ports
  const running = await startProgram({
    program: java ?? '',
    args: [...javaOptions(), 'kafka.Kafka', file],
    runner,
    folder,
    isReady: async () =>
      (await Promise.all([plain, signedIn, secure, misleading].map(answers))).every((open) => open),
  })
  const servers = {
    plain: `127.0.0.1:${plain}`,
    signedIn: `127.0.0.1:${signedIn}`,
    secure: `localhost:${secure}`,
    misleading: `127.0.0.1:${misleading}`,
  }
  return { ...running, ...servers, places: Object.values(servers), ca: certificate.cert }
}

type Ports = Readonly<Record<'plain' | 'signedIn' | 'secure' | 'misleading' | 'controller', number>>

// Quick to start rather than quick to run.
function javaOptions(): readonly string[] {
  const jars = join(folderOfJars(), '*')
  return ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xmx512m', '-cp', jars]
}

function folderOfJars(): string {
  const libs = join(home, 'libs')
  return existsSync(libs) ? libs : home
}

interface Parts {
  readonly folder: string
  readonly ports: Ports
  readonly certificate: { readonly key: string; readonly cert: string }
}

function propertiesOf({ folder, ports, certificate }: Parts): string {
  const { plain, signedIn, secure, misleading, controller } = ports
  const at = (name: string, port: number, host = '127.0.0.1') => `${name}://${host}:${port}`
  const both = [at('PLAIN', plain), at('SIGNED_IN', signedIn)]
  const listeners = [...both, at('SECURE', secure), at('MISLEADING', misleading)]
  const said = [...both, at('SECURE', secure, 'localhost'), at('MISLEADING', 1)]
  const pem = (text: string) => text.trim().replaceAll('\n', '\\n')
  return [
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@127.0.0.1:${controller}`,
    'controller.listener.names=CONTROLLER',
    `listeners=${[...listeners, at('CONTROLLER', controller)].join(',')}`,
    `advertised.listeners=${said.join(',')}`,
    'listener.security.protocol.map=PLAIN:PLAINTEXT,SIGNED_IN:SASL_PLAINTEXT,SECURE:SASL_SSL,MISLEADING:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name=PLAIN',
    ...['signed_in', 'secure'].flatMap(signInOf),
    'listener.name.secure.ssl.keystore.type=PEM',
    `listener.name.secure.ssl.keystore.certificate.chain=${pem(certificate.cert)}`,
    `listener.name.secure.ssl.keystore.key=${pem(certificate.key)}`,
    `log.dirs=${join(folder, 'data')}`,
    'offsets.topic.replication.factor=1',
    'offsets.topic.num.partitions=1',
    'transaction.state.log.replication.factor=1',
    'transaction.state.log.min.isr=1',
    'transaction.state.log.num.partitions=1',
    'log.cleaner.backoff.ms=100',
    'auto.create.topics.enable=true',
    '',
  ].join('\n')
}

function signInOf(listener: string): readonly string[] {
  const { user, password } = kafkaUser
  const modules = 'org.apache.kafka.common.security'
  const scram = `${modules}.scram.ScramLoginModule required;`
  const set = (name: string, value: string) => `listener.name.${listener}.${name}=${value}`
  return [
    set('sasl.enabled.mechanisms', 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512'),
    set(
      'plain.sasl.jaas.config',
      `${modules}.plain.PlainLoginModule required user_${user}="${password}";`,
    ),
    set('scram-sha-256.sasl.jaas.config', scram),
    set('scram-sha-512.sasl.jaas.config', scram),
  ]
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const tell = (isOpen: boolean) => {
      socket.destroy()
      resolve(isOpen)
    }
    socket.once('connect', () => tell(true)).once('error', () => tell(false))
  })
}
