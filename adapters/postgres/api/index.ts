import type pg from 'pg'
import type { ApiStore } from '../../../core/api/store.ts'
import { listDevices, registration, seen } from './devices.ts'
import { eventsOf } from './events.ts'
import { flow } from './flow.ts'
import { messages } from './messages.ts'
import { allReadings, readingsOf } from './readings.ts'
import { rejects } from './rejects.ts'

/** What `/v1` reads, from PostgreSQL. */
export const apiStore = (pool: pg.Pool): ApiStore => ({
  devices: listDevices(pool),
  registration: registration(pool),
  seen: seen(pool),
  readingsOf: readingsOf(pool),
  eventsOf: eventsOf(pool),
  rejects: rejects(pool),
  messages: messages(pool),
  readings: allReadings(pool),
  flow: flow(pool),
})
