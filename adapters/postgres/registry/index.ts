import type pg from 'pg'
import type { RegistryStore } from '../../../core/registry/store.ts'
import { erase } from './erase.ts'
import { applyImport, beginImport, clashes, dropImport, stageDevices } from './import.ts'
import { hasEvents, lastConfigurations, lastReadings, openRejects } from './kept.ts'
import { endRegistration, listRegistry, registrationsOf } from './registrations.ts'
import { messagesOf, seenDevices } from './seen.ts'

/** The registry in PostgreSQL, and what is kept of its devices. */
export const registryStore = (pool: pg.Pool): RegistryStore => ({
  beginImport: beginImport(pool),
  stageDevices: stageDevices(pool),
  clashes: clashes(pool),
  applyImport: applyImport(pool),
  dropImport: dropImport(pool),
  listRegistry: listRegistry(pool),
  registrationsOf: registrationsOf(pool),
  endRegistration: endRegistration(pool),
  lastReadings: lastReadings(pool),
  openRejects: openRejects(pool),
  hasEvents: hasEvents(pool),
  lastConfigurations: lastConfigurations(pool),
  seenDevices: seenDevices(pool),
  messagesOf: messagesOf(pool),
  erase: erase(pool),
})
