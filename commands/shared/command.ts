import { OperationFault } from '../../contract/operation-fault.ts'
import { NoDatabase } from './connection.ts'

/** The command line is none of ours: its usage is printed. */
export class Misuse extends Error {
  override name = 'Misuse'
}

/** Runs a command: what is wrong is said on stderr in sentences; 2 for a wrong command line, 1 for all else. */
export const runCommand = async (usage: string, run: () => Promise<void>): Promise<void> => {
  try {
    await run()
  } catch (error) {
    process.exitCode = error instanceof Misuse ? 2 : 1
    if (error instanceof Misuse) console.error(error.message === '' ? usage : `${error.message}\n\n${usage}`)
    else if (error instanceof OperationFault || error instanceof NoDatabase) console.error(error.message)
    else console.error(`The database refused: ${(error as Error).message}`)
  }
}
