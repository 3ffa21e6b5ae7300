import { NodeHttpHandler } from '@smithy/node-http-handler'
import { afterEach, expect, test, vi } from 'vitest'
import { openRawTopic } from '../../../adapters/kinesis/index.ts'
import { callbackOf12Bytes } from '../pack/items.ts'

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

test('calls go to the host of the region, even if the credentials name the account', async () => {
  const environment = {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
    AWS_ACCOUNT_ID: '123456789012',
  }
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
  const hosts: string[] = []
  vi.spyOn(NodeHttpHandler.prototype, 'handle').mockImplementation(async (request) => {
    hosts.push((request as { hostname: string }).hostname)
    throw new Error('not sent')
  })
  await openRawTopic('raw', { maxTries: 1 }).publish([callbackOf12Bytes(1)], () => null)
  expect(hosts).toEqual(['kinesis.eu-west-1.amazonaws.com'])
})
