export { addressOf, baseOf } from './address.ts'
export { type Answer, jsonAnswer, makeAnswer, send, sendAtOnce } from './answer.ts'
export { type BodyLimits, type BodyReader, gone, makeBodyReader } from './body.ts'
export { isDeep, usualDepth, withoutDepth } from './depth.ts'
export { wireFaults } from './faults.ts'
export { type Endpoint, type Exchange, makeFront } from './front.ts'
export { parseJson } from './json.ts'
export { writeKeysIn } from './keys.ts'
export { type Normal, normalise, problemWithMended, type Receipt } from './message.ts'
export { type JsonReader, makeBodyParser, makeJsonReader, type Received } from './read-json.ts'
export {
  makeTaking,
  mostMessages,
  type Result,
  type Taken,
  type Taking,
  type WireTools,
} from './taking.ts'
export type { UnpackLimits } from './unpack.ts'
