import { setting } from '../contract/settings.ts'
import type { Screen } from './process/screen.ts'
import type { Local } from './start.ts'

interface Flow {
  readonly lanes: Readonly<
    Record<
      string,
      {
        readonly raw: { readonly received: number; readonly stored: number; readonly rejected: number }
        readonly pulse: { readonly rejected: number }
        readonly readings: number
      }
    >
  >
}

interface LaneStatus {
  readonly lane: string
  readonly in: number
  readonly stored: number
  readonly readings: number
  readonly rejects: number
  readonly waiting: number
}

const waitingIn = async ({ plan, waiting }: Local, lane: string) => {
  const workers = plan.functions.filter(({ environment }) => environment[setting.lane] === lane)
  const packs = await Promise.all(workers.map(({ arn }) => waiting(arn)))
  return packs.reduce((sum, count) => sum + count, 0)
}

/** Counts by lane: those of the database through `GET /v1/flow`, and what waits from the bus. */
const readStatus = async (local: Local): Promise<LaneStatus[]> => {
  const response = await fetch(`${local.httpUrl}/v1/flow`)
  if (!response.ok) throw new Error(`GET /v1/flow answered ${response.status}`)
  const { lanes } = (await response.json()) as Flow
  return Promise.all(
    Object.entries(lanes).map(async ([lane, { raw, pulse, readings }]) => ({
      lane,
      in: raw.received,
      stored: raw.stored,
      readings,
      rejects: raw.rejected + pulse.rejected,
      waiting: await waitingIn(local, lane),
    })),
  )
}

const columns = ['in', 'stored', 'readings', 'rejects', 'waiting'] as const

const table = (lanes: readonly LaneStatus[]) => [
  `lane    ${columns.map((column) => column.padStart(10)).join('')}`,
  ...lanes.map(
    (status) => status.lane.padEnd(8) + columns.map((column) => String(status[column]).padStart(10)).join(''),
  ),
]

const sentence = (status: LaneStatus) =>
  `${status.lane}: ${columns.map((column) => `${column} ${status[column]}`).join(', ')}`

const everyMs = { terminal: 1_000, plain: 3_000 }

/** Shows the counts until `signal` aborts: in place on a terminal, otherwise a line for each lane that has changed. */
export const showStatus = (local: Local, screen: Screen, signal: AbortSignal): void => {
  let shown: readonly string[] = []
  const show = async () => {
    const lanes = await readStatus(local).catch(() => null)
    if (signal.aborted || !lanes) return
    if (screen.isTerminal) return screen.block(table(lanes))
    const lines = lanes.map(sentence)
    for (const line of lines) if (!shown.includes(line)) screen.line(line)
    shown = lines
  }
  const again = async () => {
    await show()
    if (!signal.aborted) setTimeout(again, screen.isTerminal ? everyMs.terminal : everyMs.plain)
  }
  void again()
}
