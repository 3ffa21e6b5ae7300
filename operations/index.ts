import type pg from 'pg'
import { apiStore } from '../adapters/postgres/api/index.ts'
import { rejectSummary } from '../adapters/postgres/api/reject-summary.ts'
import { findReject } from '../adapters/postgres/api/rejects.ts'
import { registryStore } from '../adapters/postgres/registry/index.ts'
import { continueReplay, type ReplayJob, startReplay } from '../adapters/postgres/replay/job.ts'
import type { Selection } from '../adapters/postgres/replay/selection.ts'
import { sha256 } from '../adapters/process/ids.ts'
import { OperationFault } from '../contract/operation-fault.ts'
import { profileOfDatagram, profiles } from '../core/devices/index.ts'
import type { Lane } from '../core/message/lane.ts'
import type { StoredMessage } from '../core/message/message.ts'
import { checkImport } from '../core/registry/check-import.ts'
import { eraseDevice } from '../core/registry/erase-device.ts'
import { type DeviceChange, retireDevice, setDevice } from '../core/registry/set-device.ts'
import { showDevice } from '../core/registry/show-device.ts'
import { unknownDevices } from '../core/registry/unknown-devices.ts'
import { decodeFrame } from '../core/told/decode-message.ts'

/** @throws OperationFault with the sentence, if there is one in place of a result */
const resultOf = async <T extends object>(answer: Promise<T | string>): Promise<T> => {
  const result = await answer
  if (typeof result === 'string') throw new OperationFault(result)
  return result
}

/**
 * What the commands do, over PostgreSQL. Each operation takes one value that JSON can carry, and answers with one. A
 * command that reaches the database calls them directly. One that does not calls them through a function beside the
 * database (`through-function.ts`).
 * @throws OperationFault from each operation that cannot be done as asked; then nothing was changed
 */
export const operations = (pool: pg.Pool, defaultProfile: string | null) => {
  const decoder = { digest: sha256, profiles, profileOfDatagram, defaultProfile }
  const fieldsOf = (message: StoredMessage) => {
    const frame = decodeFrame(decoder, message)
    return typeof frame === 'string' ? null : frame.fields()
  }
  const registry = registryStore(pool)
  const set = setDevice(registry, Date.now)
  const retire = retireDevice(registry)
  const show = showDevice(registry, fieldsOf)
  const erase = eraseDevice(registry)
  const { beginImport, stageDevices, applyImport, dropImport, listRegistry } = registry
  return {
    beginImport,
    stageDevices,
    checkImport: checkImport(registry),
    applyImport,
    dropImport,
    listRegistry,
    showDevice: (input: { deviceId: string }) => resultOf(show(input)),
    setDevice: (input: DeviceChange) => resultOf(set(input)),
    retireDevice: async (input: { deviceId: string; atMs: number }): Promise<void> => {
      const sentence = await retire(input)
      if (sentence !== null) throw new OperationFault(sentence)
    },
    eraseDevice: (input: { deviceId: string; lane: Lane }) => resultOf(erase(input)),
    unknownDevices: unknownDevices(registry, profiles),
    /** Every device, and when it was last heard of, page by page. */
    lastSeen: ({ after, limit }: { after: string; limit: number }) =>
      apiStore(pool).devices({ fromMs: null, toMs: null, silentForMs: null, after: [after], limit }),
    startReplay: (input: { selection: Selection; dryRun: boolean }) =>
      startReplay(pool, decoder, input.selection, input.dryRun),
    continueReplay: (input: { job: ReplayJob; selection: Selection; dryRun: boolean }) =>
      continueReplay(pool, decoder, input),
    rejectSummary: (input: { mostDevices: number }) => rejectSummary(pool, input),
    showReject: async ({ id }: { id: string }) => {
      const reject = await findReject(pool, id)
      if (reject) return reject
      throw new OperationFault(`There is no reject ${JSON.stringify(id.slice(0, 60))}; GET /v1/rejects lists them.`)
    },
  }
}

export type Operations = ReturnType<typeof operations>
