import type { DeviceId } from '../../core/message/identity.ts'
import type { Operations } from '../../operations/index.ts'
import { aligned } from '../command-line/aligned.ts'
import { Misuse, runCommand } from '../command-line/command.ts'
import { withOperations } from '../command-line/target.ts'
import { readArguments, readFrom, readId, readSilentFor, usage } from './arguments.ts'
import { changeOf } from './change.ts'
import { importFile } from './import.ts'
import { printDevice, printRegistry, printSilent, printUnknown } from './lists.ts'

type Work = (operations: Operations) => Promise<void>
type Arguments = ReturnType<typeof readArguments>

const listWork = ({ json = false, unknown, 'silent-for': silentFor }: Arguments['values']): Work => {
  if (unknown && silentFor !== undefined) throw new Misuse('Use --unknown or --silent-for, not both.')
  if (unknown) return (operations) => printUnknown(operations, json)
  if (silentFor === undefined) return (operations) => printRegistry(operations, json)
  const silentForMs = readSilentFor(silentFor)
  return (operations) => printSilent(operations, silentForMs, json)
}

const eraseAll = async (operations: Operations, { deviceId, network: lane }: DeviceId) => {
  const { rejectsByTheirBytes, ...erased } = await operations.eraseDevice({ deviceId, lane })
  console.log(`Everything that was kept of device ${deviceId} is removed:`)
  console.log(aligned(Object.entries(erased).map(([what, rows]) => [`  ${what}`, String(rows)])))
  if (rejectsByTheirBytes > 0) console.log(`${rejectsByTheirBytes} of the rejects had its id in their bytes only.`)
}

/** What the arguments ask for. They are checked before anything is connected. */
const workOf = ({ command, subject, values }: Arguments): Work => {
  const fromMs = readFrom(values.from)
  if (command === 'import') return (operations) => importFile(operations, subject, values['dry-run'] ?? false)
  if (command === 'list') return listWork(values)
  const id = readId(subject)
  const { deviceId } = id
  if (command === 'show') return (operations) => printDevice(operations, deviceId)
  if (command === 'retire')
    return async (operations) => {
      await operations.retireDevice({ deviceId, atMs: fromMs ?? Date.now() })
      console.log(`Device ${deviceId} is retired.`)
    }
  if (command === 'erase') {
    if (!values.yes)
      throw new Misuse(`This removes everything that is kept of device ${deviceId}, for ever: confirm with --yes.`)
    return (operations) => eraseAll(operations, id)
  }
  const change = changeOf(id, values, fromMs)
  return async (operations) => {
    const { unchanged } = await operations.setDevice(change)
    console.log(
      unchanged > 0
        ? 'It was already so.'
        : `Device ${deviceId} is set. To decode its earlier messages again: npm run replay -- --device ${deviceId}`,
    )
  }
}

await runCommand(usage, async () => {
  const asked = readArguments()
  const work = workOf(asked)
  await withOperations(asked.values, process.env, work)
})
