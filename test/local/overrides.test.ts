import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { databaseEnvironment, readOverrides } from '../../local/process/overrides.ts'

test('every variable has a default', () => {
  expect(readOverrides({})).toEqual({
    httpPort: 8080,
    udpPort: 5683,
    dataDir: resolve('.data'),
    bus: 'sqs',
    sigfoxDoor: 'lambda',
    sigfoxToken: 'local',
    timeScale: 1,
  })
})

test('every faulty variable is named at once', () => {
  const read = () =>
    readOverrides({
      HTTP_PORT: 'http',
      UDP_PORT: '70000',
      TIME_SCALE: '0',
      BUS: 'nats',
      SIGFOX_DOOR: 'window',
      SIGFOX_TOKEN: 'x',
    })
  expect(read).toThrow(
    /^HTTP_PORT .*\nUDP_PORT .*\nBUS .*\nSIGFOX_DOOR must be one of lambda, container, not "window"\nTIME_SCALE .*$/,
  )
})

test('only functions that use the database get its password', () => {
  expect(databaseEnvironment({ LANE: 'sigfox' }, 'secret')).toEqual({})
  expect(databaseEnvironment({ DATABASE_HOST: 'h' }, 'secret')).toMatchObject({
    DATABASE_PASSWORD: 'secret',
    DATABASE_TLS: 'off',
  })
})
