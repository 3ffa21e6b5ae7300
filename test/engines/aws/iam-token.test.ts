import { afterEach, expect, test, vi } from 'vitest'
import { signToken } from '../../../adapters/postgres/connection/iam-token.ts'

const place = { host: 'db.internal', port: 5432, user: 'sluice_app' }
const given = {
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'key',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_SESSION_TOKEN: 'session',
}
const stub = (environment: Partial<typeof given>) => {
  for (const name of Object.keys(given)) vi.stubEnv(name, environment[name as keyof typeof given])
}
afterEach(() => vi.unstubAllEnvs())

test("the database's password is a URL signed with the credentials of the process, good for 15 minutes", async () => {
  stub(given)
  const url = new URL(`https://${await signToken(place)}`)
  expect(url.host).toBe('db.internal:5432')
  const query = Object.fromEntries(url.searchParams)
  expect(query).toMatchObject({ Action: 'connect', DBUser: 'sluice_app', 'X-Amz-Expires': '900' })
  expect(query['X-Amz-Credential']).toMatch(/^key\/\d{8}\/eu-west-1\/rds-db\/aws4_request$/)
  expect(query['X-Amz-Security-Token']).toBe('session')
  expect(query['X-Amz-Signature']).toMatch(/^[0-9a-f]{64}$/)
})

test.each([
  ['AWS_REGION', { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' }],
  ['AWS_ACCESS_KEY_ID', { AWS_REGION: 'eu-west-1' }],
])('without %s the sign-in says what to set', async (name, environment) => {
  stub(environment)
  vi.stubEnv('AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', undefined)
  await expect(signToken(place)).rejects.toThrow(name)
  await expect(signToken(place)).rejects.toThrow('DATABASE_PASSWORD')
})
