import { canonicalDeviceId, timeOfId, unclockedMs } from '../message/identity.ts'
import { formatInstant } from '../message/instant.ts'
import { eventDetail } from '../readings/events.ts'
import { type Registration, weightText } from '../registry/registration.ts'
import type { Key, KeyShape } from './cursor.ts'
import type { DeviceRow, EventRow, MessageRow, ReadingRow, RejectRow } from './store.ts'

/** A list of `/v1`: the key that orders its rows, and how a row is shown. */
export interface Collection<Row> {
  readonly shape: KeyShape
  readonly keyOf: (row: Row) => Key
  readonly show: (row: Row) => object
}

/** A list that can be sent as CSV. Its columns are the fields of `show`. */
export interface Table<Row> extends Collection<Row> {
  readonly columns: readonly string[]
}

const instantOrNull = (ms: number | null) => (ms === null ? null : formatInstant(ms))

export const networkOf = (deviceId: string, registration: Registration | null) =>
  registration?.network ?? canonicalDeviceId(deviceId)?.network ?? null

export const devices: Collection<DeviceRow> = {
  shape: ['word'],
  keyOf: (row) => [row.deviceId],
  show: ({ deviceId, registration, lastSeenAtMs }) => ({
    deviceId,
    network: networkOf(deviceId, registration),
    profile: registration?.profile ?? null,
    millilitresPerPulse: registration ? weightText(registration) : null,
    samplePeriodSeconds: registration?.samplePeriodSeconds ?? null,
    timeZone: registration?.timeZone ?? null,
    meterId: registration?.meterId ?? null,
    validFrom: instantOrNull(registration?.validFromMs ?? null),
    validTo: instantOrNull(registration?.validToMs ?? null),
    lastSeenAt: instantOrNull(lastSeenAtMs),
  }),
}

const showReading = ({ channel, readAtMs, receivedAtMs, index, quality }: ReadingRow) => ({
  channel,
  readAt: formatInstant(readAtMs),
  receivedAt: formatInstant(receivedAtMs),
  index,
  quality,
})

export const readingsOfDevice: Collection<ReadingRow> = {
  shape: ['instant', 'word'],
  keyOf: (row) => [row.readAtMs, row.channel],
  show: showReading,
}

export const readings: Table<ReadingRow> = {
  columns: ['deviceId', 'channel', 'readAt', 'receivedAt', 'index', 'quality'],
  shape: ['word', 'word', 'instant'],
  keyOf: (row) => [row.deviceId, row.channel, row.readAtMs],
  show: (row) => ({ deviceId: row.deviceId, ...showReading(row) }),
}

export const eventsOfDevice: Collection<EventRow> = {
  shape: ['instant', 'word', 'word', 'integer'],
  keyOf: (row) => [row.atMs, row.kind, row.channel, row.value],
  show: ({ atMs, kind, channel, value }) => ({
    at: formatInstant(atMs),
    kind,
    channel: channel === '' ? null : channel,
    detail: eventDetail(kind, value),
  }),
}

export const rejects: Collection<RejectRow> = {
  shape: ['instant', 'uuid'],
  keyOf: (row) => [row.atMs, row.id],
  show: ({ id, atMs, lane, stage, reason, deviceId, bytesHex, resolvedAtMs }) => ({
    id,
    at: formatInstant(atMs),
    lane,
    stage,
    reason,
    deviceId,
    bytesHex,
    resolvedAt: instantOrNull(resolvedAtMs),
  }),
}

export const messages: Table<MessageRow> = {
  columns: ['id', 'kind', 'deviceId', 'seqNumber', 'at', 'receivedAt', 'payloadHex', 'state'],
  shape: ['uuid'],
  keyOf: (row) => [row.id],
  show: ({ id, kind, deviceId, seqNumber, receivedAtMs, payloadHex, state }) => ({
    id,
    kind,
    deviceId,
    seqNumber,
    at: timeOfId(id) === unclockedMs ? null : formatInstant(timeOfId(id)),
    receivedAt: formatInstant(receivedAtMs),
    payloadHex,
    state,
  }),
}
