import { formatInstant } from '../../core/message/instant.ts'
import type { AfterRegistration } from '../../core/registry/store.ts'
import type { Operations } from '../../operations/index.ts'
import { aligned } from '../command-line/aligned.ts'
import { recordOf, tableOf } from './table.ts'

const rowsAtOnce = 1_000

const instant = (ms: number | null) => (ms === null ? 'never' : formatInstant(ms))

/** The registry, page by page: a million devices take no more memory than a thousand. */
export const printRegistry = async (operations: Operations, json: boolean): Promise<void> => {
  let after: AfterRegistration | null = null
  if (json) console.log('[')
  for (let first = true; ; first = false) {
    const page = await operations.listRegistry({ after, limit: rowsAtOnce })
    const last = page.at(-1)
    if (json && page.length > 0)
      console.log(`${first ? '' : ','}${page.map((row) => JSON.stringify(recordOf(row))).join(',\n')}`)
    else if (!json && page.length > 0) console.log(tableOf(page))
    else if (!json && first) console.log('No devices are registered.')
    if (page.length < rowsAtOnce || !last) break
    after = { deviceId: last.deviceId, validFromMs: last.validFromMs }
  }
  if (json) console.log(']')
}

/** Rows under these names: as JSON, or as a table, or as a sentence if there are none. */
const printRows = (names: readonly string[], rows: readonly string[][], json: boolean, none: string) => {
  const records = () => rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i]])))
  if (json) console.log(JSON.stringify(records(), null, 2))
  else console.log(rows.length > 0 ? aligned([names, ...rows]) : none)
}

/** Registered devices that were not heard of for this long, or never. */
export const printSilent = async (operations: Operations, silentForMs: number, json: boolean): Promise<void> => {
  const nowMs = Date.now()
  const rows: string[][] = []
  for (let after = ''; ; ) {
    const page = await operations.lastSeen({ after, limit: rowsAtOnce })
    for (const { deviceId, registration, lastSeenAtMs } of page) {
      const isInUse =
        registration !== null && registration.validFromMs <= nowMs && nowMs < (registration.validToMs ?? Infinity)
      const isSilent = lastSeenAtMs === null || lastSeenAtMs < nowMs - silentForMs
      if (isInUse && isSilent)
        rows.push([deviceId, registration.profile, registration.meterId ?? '-', instant(lastSeenAtMs)])
    }
    const last = page.at(-1)
    if (page.length < rowsAtOnce || !last) break
    after = last.deviceId
  }
  printRows(['device_id', 'profile', 'meter_id', 'last_seen'], rows, json, 'All registered devices were heard of.')
}

/** Devices that send and are not registered, with the profiles that decode everything they sent. */
export const printUnknown = async (operations: Operations, json: boolean): Promise<void> => {
  const rows: string[][] = []
  for (let after: string | null = ''; after !== null; ) {
    const page: Awaited<ReturnType<Operations['unknownDevices']>> = await operations.unknownDevices({
      after,
      limit: 200,
    })
    for (const { deviceId, messages, firstAtMs, lastAtMs, profiles } of page.devices)
      rows.push([deviceId, String(messages), instant(firstAtMs), instant(lastAtMs), profiles.join(' ') || 'none'])
    after = page.next
  }
  const names = ['device_id', 'messages', 'first', 'last', 'profiles_that_decode_all']
  printRows(names, rows, json, 'All devices that send are registered.')
}

/** Fields of a frame as `name value`. The name of a nested field begins with that of the outer one. */
const fieldRows = (fields: object, prefix = ''): string[][] =>
  Object.entries(fields).flatMap(([name, value]) =>
    value !== null && typeof value === 'object'
      ? fieldRows(value, `${prefix}${name}.`)
      : [[`  ${prefix}${name}`, String(value ?? '-')]],
  )

/** Everything that is known of one device. */
export const printDevice = async (operations: Operations, deviceId: string): Promise<void> => {
  const { registrations, lastReadings, openRejects, configurations } = await operations.showDevice({ deviceId })
  console.log(registrations.length > 0 ? tableOf(registrations) : `Device ${deviceId} is not registered.`)
  if (lastReadings.length > 0) {
    const rows = lastReadings.map((r) => [r.channel, String(r.index), r.quality, formatInstant(r.readAtMs)])
    console.log(`\n${aligned([['channel', 'last index', 'quality', 'read at'], ...rows])}`)
  }
  for (const configuration of configurations) {
    console.log(`\nconfiguration as the device sent it at ${formatInstant(configuration.atMs)}`)
    console.log(aligned(fieldRows(configuration.fields)))
  }
  if (openRejects.length > 0) {
    const rows = openRejects.map(({ reason, count }) => [reason, String(count)])
    console.log(`\n${aligned([['rejected', 'messages'], ...rows])}`)
  }
}
