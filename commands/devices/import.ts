import { createReadStream, statSync } from 'node:fs'
import { OperationFault } from '../../contract/operation-fault.ts'
import type { LineFault } from '../../core/registry/check-import.ts'
import type { StagedDevice } from '../../core/registry/store.ts'
import type { Operations } from '../../operations/index.ts'
import { type Progress, progressBar } from '../command-line/progress.ts'
import { readDevices } from './file.ts'

/** About a megabyte a call: well below what a function takes (6 MB), and few calls. */
const linesAtOnce = 5_000

/** A longer list of faults would not help. */
const mostFaults = 100

interface Staged {
  readonly faults: LineFault[]
  readonly count: number
}

const stageFile = async (operations: Operations, importId: string, file: string, bar: Progress): Promise<Staged> => {
  const bytes = statSync(file).size
  const stream = createReadStream(file)
  const faults: LineFault[] = []
  let [count, lines] = [0, 0]
  let batch: StagedDevice[] = []
  const stage = async () => {
    if (batch.length > 0) await operations.stageDevices({ importId, devices: batch })
    batch = []
    bar.show((stream.bytesRead / bytes) * 0.7, `${lines} lines`)
  }
  for await (const found of readDevices(stream)) {
    lines++
    if (Array.isArray(found)) {
      count += found.length
      faults.push(...found.slice(0, mostFaults - faults.length))
    } else if (batch.push(found) >= linesAtOnce) await stage()
  }
  await stage()
  return { faults, count }
}

const faultsText = (file: string, { faults, count }: Staged): string[] => [
  ...faults
    .toSorted((a, b) => a.line - b.line)
    .slice(0, mostFaults)
    .map(({ line, sentence }) => `${file}: line ${line}: ${sentence}`),
  ...(count > mostFaults ? [`${file}: and ${count - mostFaults} more faults`] : []),
  'Nothing was imported.',
]

/**
 * Imports a CSV file of any size: all of it or nothing.
 * @throws OperationFault with the faults of all lines, or if the file cannot be read
 */
export const importFile = async (operations: Operations, file: string, dryRun: boolean): Promise<void> => {
  const importId = await operations.beginImport()
  const bar = progressBar()
  try {
    const own = await stageFile(operations, importId, file, bar).catch((error: NodeJS.ErrnoException) => {
      if (error.syscall === undefined) throw error
      throw new OperationFault(`${file}: cannot be read: ${error.message}`, 'Nothing was imported.')
    })
    bar.show(0.75, 'checking')
    const together = await operations.checkImport({ importId, most: mostFaults })
    const all = { faults: [...own.faults, ...together.faults], count: own.count + together.count }
    if (all.count > 0) throw new OperationFault(...faultsText(file, all))
    bar.show(0.8, 'applying')
    const { added, changed, unchanged } = await operations.applyImport({ importId, dryRun })
    bar.end()
    const counts = `${added} added, ${changed} changed, ${unchanged} unchanged`
    console.log(dryRun ? `${counts} (a dry run: nothing was imported)` : counts)
  } catch (error) {
    bar.end()
    await operations.dropImport({ importId }).catch(() => {})
    throw error
  }
}
