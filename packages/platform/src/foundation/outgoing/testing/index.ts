export { makeCertificate } from './certificate.ts'
export { type Receiver, startReceiver } from './receiver.ts'
