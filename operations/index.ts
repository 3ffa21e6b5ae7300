import type pg from 'pg'
import { apiStore } from '../adapters/postgres/api/index.ts'
import { eraseDevice } from '../adapters/postgres/registry/erase.ts'
import {
  applyImport,
  beginImport,
  checkImport,
  dropImport,
  type StagedDevice,
  stageDevices,
} from '../adapters/postgres/registry/import.ts'
import { type AfterRegistration, listRegistry, showDevice } from '../adapters/postgres/registry/read.ts'
import { type DeviceChange, retireDevice, setDevice } from '../adapters/postgres/registry/set.ts'
import { unknownDevices } from '../adapters/postgres/registry/unknown.ts'
import { continueReplay, type ReplayJob, startReplay } from '../adapters/postgres/replay/job.ts'
import type { Selection } from '../adapters/postgres/replay/selection.ts'
import { sha256 } from '../adapters/process/ids.ts'
import { profileOfDatagram, profiles } from '../core/devices/index.ts'
import type { Lane } from '../core/message/lane.ts'
import { rejectSummary, showReject } from './rejects.ts'

/**
 * What the commands do, each call with a value that JSON can carry and an answer of the same kind: a command calls it
 * straight where it reaches the database, and through a function beside the database where it does not.
 */
export const operations = (pool: pg.Pool, defaultProfile: string | null) => {
  const decoder = { digest: sha256, profiles, profileOfDatagram, defaultProfile }
  return {
    beginImport: () => beginImport(pool),
    stageDevices: (input: { importId: string; devices: readonly StagedDevice[] }) => stageDevices(pool, input),
    checkImport: (input: { importId: string; most: number }) => checkImport(pool, input),
    applyImport: (input: { importId: string; dryRun: boolean }) => applyImport(pool, input),
    dropImport: (input: { importId: string }) => dropImport(pool, input),
    listRegistry: (input: { after: AfterRegistration | null; limit: number }) => listRegistry(pool, input),
    showDevice: (input: { deviceId: string }) => showDevice(pool, decoder, input),
    setDevice: (input: DeviceChange) => setDevice(pool, input),
    retireDevice: (input: { deviceId: string; atMs: number }) => retireDevice(pool, input),
    eraseDevice: (input: { deviceId: string; lane: Lane }) => eraseDevice(pool, input),
    unknownDevices: (input: { after: string; limit: number }) => unknownDevices(pool, profiles, input),
    /** Every device and when it was last heard of, page by page. */
    lastSeen: ({ after, limit }: { after: string; limit: number }) =>
      apiStore(pool).devices({ fromMs: null, toMs: null, silentForMs: null, after: [after], limit }),
    startReplay: (input: { selection: Selection; dryRun: boolean }) =>
      startReplay(pool, decoder, input.selection, input.dryRun),
    continueReplay: (input: { job: ReplayJob; selection: Selection; dryRun: boolean }) =>
      continueReplay(pool, decoder, input),
    rejectSummary: (input: { mostDevices: number }) => rejectSummary(pool, input),
    showReject: (input: { id: string }) => showReject(pool, input),
  }
}

export type Operations = ReturnType<typeof operations>
