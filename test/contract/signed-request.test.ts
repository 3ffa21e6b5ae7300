import { createHash, createHmac } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { afterAll, expect, test, vi } from 'vitest'
import { signedFetch } from '../../adapters/signed-request.ts'
import { serve } from './sqs-queue.ts'

const secret = 'a secret access key'
vi.stubEnv('AWS_ACCESS_KEY_ID', 'someone')
vi.stubEnv('AWS_SECRET_ACCESS_KEY', secret)
vi.stubEnv('AWS_REGION', 'eu-west-3')
afterAll(() => vi.unstubAllEnvs())

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()

/** The signature that AWS would work out of a request as it arrived (IAM user guide, "Create a signed request"). */
const signatureOf = (request: IncomingMessage, body: string, region: string, service: string): string => {
  const url = new URL(request.url ?? '', 'http://host')
  const query = [...url.searchParams]
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .sort()
    .join('&')
  const names = /SignedHeaders=([^,]+)/.exec(request.headers.authorization ?? '')?.[1] ?? ''
  const headers = names.split(';').map((name) => `${name}:${String(request.headers[name]).trim()}\n`)
  const canonical = [request.method, url.pathname, query, headers.join(''), names, sha256(body)].join('\n')
  const at = String(request.headers['x-amz-date'])
  const scope = `${at.slice(0, 8)}/${region}/${service}/aws4_request`
  const key = [region, service, 'aws4_request'].reduce(hmac, hmac(`AWS4${secret}`, at.slice(0, 8)))
  return hmac(key, ['AWS4-HMAC-SHA256', at, scope, sha256(canonical)].join('\n')).toString('hex')
}

test.each([
  ['GET', '/v1/devices/ABC/readings?from=2026-01-01T00:00:00Z&limit=5', undefined, 'eu-west-3'],
  ['GET', '/v1/flow', 'us-east-1', 'us-east-1'],
] as const)('%s %s in region %s bears the signature that AWS works out', async (method, path, asked, region) => {
  let expected = ''
  let authorization = ''
  const server = await serve((request, response) => {
    expected = signatureOf(request, '', region, 'execute-api')
    authorization = request.headers.authorization ?? ''
    response.end('{}')
  })
  await signedFetch('execute-api', new URL(path, `http://127.0.0.1:${server.port}`), {
    method,
    ...(asked ? { region: asked } : {}),
  })
  server.close()
  expect(authorization).toContain(`Signature=${expected}`)
  expect(authorization).toMatch(new RegExp(`Credential=someone/\\d{8}/${region}/execute-api/aws4_request`))
})
