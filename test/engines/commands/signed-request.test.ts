import { afterAll, expect, test, vi } from 'vitest'
import { signedFetch } from '../../../operations/signed-request.ts'
import { serve } from '../../support/sqs-queue.ts'
import { signatureOf } from '../aws/signature.ts'

const secret = 'a secret access key'
vi.stubEnv('AWS_ACCESS_KEY_ID', 'someone')
vi.stubEnv('AWS_SECRET_ACCESS_KEY', secret)
vi.stubEnv('AWS_REGION', 'eu-west-3')
afterAll(() => vi.unstubAllEnvs())

test.each([
  ['GET', '/v1/devices/ABC/readings?from=2026-01-01T00:00:00Z&limit=5', undefined, 'eu-west-3'],
  ['GET', '/v1/flow', 'us-east-1', 'us-east-1'],
] as const)('%s %s in region %s carries the signature that AWS computes', async (method, path, asked, region) => {
  let expected = ''
  let authorization = ''
  const server = await serve((request, response) => {
    expected = signatureOf(request, '', { secret, region, service: 'execute-api' })
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
