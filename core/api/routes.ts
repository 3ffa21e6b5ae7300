import { canonicalDeviceId, deviceIdForm } from '../message/identity.ts'
import type { Registration } from '../registry/registration.ts'
import {
  type Collection,
  devices,
  eventsOfDevice,
  messages,
  networkOf,
  readings,
  readingsOfDevice,
  rejects,
} from './collections.ts'
import { type KeyShape, writeCursor } from './cursor.ts'
import { ApiFault } from './fault.ts'
import { type Page, type PageLimit, pageOf } from './page.ts'
import { mostRows, type ParameterName, type RejectFilter, type Slice } from './parameters.ts'
import type { ApiStore, FlowRow } from './store.ts'

/** What a path answers: one JSON object, or a page that is sent line by line, with the next cursor in the headers. */
export type Content = { readonly json: object } | { readonly lines: Page; readonly columns: readonly string[] }

interface Question {
  readonly slice: Slice & RejectFilter
  /** The `{id}` of the path; empty if it has none. */
  readonly id: string
  readonly nowMs: number
  readonly limit: PageLimit
}

export interface Route {
  readonly path: string
  readonly parameters: readonly ParameterName[]
  readonly shape: KeyShape
  readonly answer: (store: ApiStore, question: Question) => Promise<Content>
}

const inTime = ['from', 'to', 'limit', 'cursor'] as const

/** One row more than the page holds tells whether there is a next page. */
const andOneMore = <S extends Slice>(slice: S): S => ({ ...slice, limit: slice.limit + 1 })

const listed = (head: object, name: string, { items, next }: Page): Content => ({
  json: { ...head, [name]: items, next },
})

const listDevices: Route['answer'] = async (store, { slice, nowMs, limit }) => {
  if (slice.silentForMs === null) {
    return listed({}, 'devices', pageOf(await store.devices(andOneMore(slice)), limit, devices))
  }
  // If few of many devices are silent, filling a page could take a look at every device. So a page looks at `mostRows`.
  const seenBefore = nowMs - slice.silentForMs
  const rows = await store.devices({ ...slice, limit: mostRows })
  const silent = rows.filter(({ lastSeenAtMs }) => lastSeenAtMs === null || lastSeenAtMs < seenBefore)
  const page = pageOf(silent, limit, devices)
  const last = rows[mostRows - 1]
  return listed({}, 'devices', { ...page, next: page.next ?? (last ? writeCursor(devices.keyOf(last)) : null) })
}

const ofDevice = <Row>(
  name: string,
  collection: Collection<Row>,
  rowsOf: (store: ApiStore, deviceId: string, slice: Slice) => Promise<Row[]>,
  head: (deviceId: string, registration: Registration | null) => object,
): Route => ({
  path: `/v1/devices/{id}/${name}`,
  parameters: inTime,
  shape: collection.shape,
  answer: async (store, { slice, id, limit }) => {
    const deviceId = canonicalDeviceId(id)?.deviceId
    if (deviceId === undefined) {
      const hint = `it must be ${deviceIdForm.sigfox} or ${deviceIdForm.nbiot}`
      throw new ApiFault(400, `${JSON.stringify(id.slice(0, 60))} is not a device id: ${hint}.`)
    }
    const registration = await store.registration(deviceId)
    const rows = await rowsOf(store, deviceId, andOneMore(slice))
    if (rows.length === 0 && registration === null && !(await store.seen(deviceId))) {
      throw new ApiFault(404, `Device ${deviceId} is not registered and was never seen.`)
    }
    return listed(head(deviceId, registration), name, pageOf(rows, limit, collection))
  },
})

const showFlow = ({ received, stored, duplicates, rejected, pulseDecoded, pulseRejected, readings }: FlowRow) => ({
  raw: { received, stored, duplicates, rejected },
  pulse: { stored, decoded: pulseDecoded, rejected: pulseRejected, pending: stored - pulseDecoded - pulseRejected },
  readings,
  // only the bus knows what waits on the topics; the database does not
  waiting: null,
})

export const routes: readonly Route[] = [
  {
    path: '/v1/devices',
    parameters: ['limit', 'cursor', 'silent_for'],
    shape: devices.shape,
    answer: listDevices,
  },
  ofDevice(
    'readings',
    readingsOfDevice,
    (store, id, slice) => store.readingsOf(id, slice),
    (deviceId, registration) => ({
      deviceId,
      network: networkOf(deviceId, registration),
      profile: registration?.profile ?? null,
    }),
  ),
  ofDevice(
    'events',
    eventsOfDevice,
    (store, id, slice) => store.eventsOf(id, slice),
    (deviceId) => ({ deviceId }),
  ),
  {
    path: '/v1/rejects',
    parameters: [...inTime, 'device', 'reason', 'stage', 'unresolved'],
    shape: rejects.shape,
    answer: async (store, { slice, limit }) => {
      // a byte is two hex digits in the answer
      const rows = await store.rejects({ ...andOneMore(slice), mostBytes: limit.bodyBytes / 2 })
      return listed({}, 'rejects', pageOf(rows, limit, rejects))
    },
  },
  {
    path: '/v1/messages',
    parameters: inTime,
    shape: messages.shape,
    answer: async (store, { slice, limit }) => ({
      lines: pageOf(await store.messages(andOneMore(slice)), limit, messages),
      columns: messages.columns,
    }),
  },
  {
    path: '/v1/readings',
    parameters: inTime,
    shape: readings.shape,
    answer: async (store, { slice, limit }) => ({
      lines: pageOf(await store.readings(andOneMore(slice)), limit, readings),
      columns: readings.columns,
    }),
  },
  {
    path: '/v1/flow',
    parameters: [],
    shape: [],
    answer: async (store) => ({
      json: { lanes: Object.fromEntries((await store.flow()).map((row) => [row.lane, showFlow(row)])) },
    }),
  },
]
