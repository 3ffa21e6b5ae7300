import type { RejectRow } from '../../core/api/store.ts'
import { formatInstant } from '../../core/message/instant.ts'
import { rejectReasons } from '../../core/message/rejects.ts'
import type { Operations } from '../../operations/index.ts'
import { aligned } from '../command-line/aligned.ts'
import { knownWord, Misuse, readCommandLine, runCommand } from '../command-line/command.ts'
import { targetOptions, targetUsage, withOperations } from '../command-line/target.ts'
import { runReplay } from '../replay/run.ts'

const usage = `Usage: npm run rejects -- summary
       npm run rejects -- show ID
       npm run rejects -- retry [--reason REASON] [--dry-run]

summary counts open rejects by reason and by device. show prints one reject with its bytes. retry decodes devices again
that have a stored message among the open rejects. What was refused before it was stored cannot be decoded again; show
it to read it.

${targetUsage}`

const mostDevices = 20

const readArguments = () => {
  const options = { ...targetOptions, reason: { type: 'string' }, 'dry-run': { type: 'boolean' } } as const
  const { positionals, values } = readCommandLine({ allowPositionals: true, options })
  const [command, id, ...rest] = positionals
  const fits =
    command === 'show' ? id !== undefined : (command === 'summary' || command === 'retry') && id === undefined
  if (!fits || rest.length > 0) throw new Misuse('')
  if (command !== 'retry' && (values.reason !== undefined || values['dry-run'])) throw new Misuse('')
  return { command, id: id ?? '', values }
}

type Summary = Awaited<ReturnType<Operations['rejectSummary']>>

const countRow = (row: Summary['byReason'][number], who: string) => [
  String(row.rejects),
  who,
  row.lane,
  row.stage,
  row.reason,
  formatInstant(row.firstAtMs),
  formatInstant(row.lastAtMs),
]
const countHeader = (who: string) => ['rejects', who, 'lane', 'stage', 'reason', 'first', 'last']

const summaryText = ({ byReason, byDevice }: Summary): string => {
  if (byReason.length === 0) return 'There are no open rejects.'
  const reasons = byReason.map((row) => countRow(row, String(row.devices)))
  const devices = byDevice.map((row) => countRow(row, row.deviceId ?? '-'))
  const both = [aligned([countHeader('devices'), ...reasons])]
  if (devices.length > 0) both.push(aligned([countHeader('device'), ...devices]))
  return both.join('\n\n')
}

/** Bytes as hex, and below it as text if they are text. */
const bytesText = (hex: string): string => {
  const text = Buffer.from(hex, 'hex').toString('utf8')
  return /^[\x20-\x7e\s]+$/.test(text) ? `${hex}\n           ${JSON.stringify(text)}` : hex
}

const detailText = (reject: RejectRow): string => {
  const rows = [
    ['id', reject.id],
    ['at', formatInstant(reject.atMs)],
    ['lane', reject.lane],
    ['stage', reject.stage],
    ['reason', reject.reason],
    ['device', reject.deviceId ?? '-'],
    ['message', reject.messageId ?? '-'],
    ['resolved', reject.resolvedAtMs === null ? 'no' : formatInstant(reject.resolvedAtMs)],
    ['bytes', bytesText(reject.bytesHex)],
  ]
  const hint = reject.messageId === null ? '' : '\n\nnpm run decode -- PROFILE HEX prints these bytes field by field.'
  return `${aligned(rows)}${hint}`
}

await runCommand(usage, async () => {
  const { command, id, values } = readArguments()
  const reason = values.reason === undefined ? 'any' : knownWord('reason', values.reason, rejectReasons)
  await withOperations(values, process.env, async (operations) => {
    if (command === 'summary') console.log(summaryText(await operations.rejectSummary({ mostDevices })))
    else if (command === 'show') console.log(detailText(await operations.showReject({ id })))
    else {
      const everything = { deviceId: null, profile: null, fromMs: null, toMs: null }
      await runReplay(operations, { ...everything, reason }, values['dry-run'] ?? false)
    }
  })
})
