import { expect, test } from 'vitest'
import { signedHeaders } from './sign.ts'

// The examples that AWS publishes: Amazon S3 API Reference, "Signature Calculations for the Authorization Header".
const who = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  region: 'us-east-1',
  now: new Date('2013-05-24T00:00:00Z'),
}
const host = 'https://examplebucket.s3.amazonaws.com'

test.each([
  ['/?lifecycle', 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543'],
  ['/?max-keys=2&prefix=J', '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7'],
])('signs as AWS does: GET %s', async (path, signature) => {
  const { authorization, ...headers } = await signedHeaders(`${host}${path}`, {}, who)
  expect(authorization).toBe(
    `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=${signature}`,
  )
  expect(headers['x-amz-date']).toBe('20130524T000000Z')
})
