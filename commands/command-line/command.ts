import { type ParseArgsConfig, parseArgs } from 'node:util'
import { OperationFault } from '../../contract/operation-fault.ts'
import { NoDatabase } from './database.ts'
import { nearest } from './nearest.ts'

/** A wrong command line. The usage is printed below its message; an empty message leaves the usage alone. */
export class Misuse extends Error {
  override name = 'Misuse'
}

/** `parseArgs` of Node. @throws Misuse */
export const readCommandLine = <T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> => {
  try {
    return parseArgs(config)
  } catch (error) {
    throw new Misuse(`${(error as Error).message}.`)
  }
}

/** The word that `text` is. @throws Misuse with the nearest one, if `text` is none of them */
export const knownWord = <T extends string>(what: string, text: string, words: readonly T[]): T => {
  const word = words.find((one) => one === text)
  if (word !== undefined) return word
  throw new Misuse(`There is no ${what} ${JSON.stringify(text)}; did you mean ${nearest(text, words)}?`)
}

/** Runs a command. What goes wrong is printed on stderr in sentences. Exit code 2: a wrong command line; 1: all else. */
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
