import { connectDatabase, databaseSettings } from '../adapters/postgres/connection/connect.ts'
import { optionalText, readSettings } from '../adapters/process/settings.ts'
import { OperationFault } from '../contract/operation-fault.ts'
import { setting } from '../contract/settings.ts'
import { operations } from '../operations/index.ts'
import type { OperationAnswer, OperationCall } from '../operations/through-function.ts'

const { defaultProfile, ...database } = readSettings(process.env, {
  defaultProfile: optionalText(setting.defaultProfile),
  ...databaseSettings,
})

const known = operations(connectDatabase(database), defaultProfile)

/** `npm run devices`, `replay`, `rejects` and `smoke` call this with `--stack`: it runs beside the database that they cannot reach. */
export const handler = async ({ operation, input }: OperationCall): Promise<OperationAnswer> => {
  if (!Object.hasOwn(known, operation)) return { sentences: [`This version has no operation ${operation}.`] }
  try {
    const run = known[operation as keyof typeof known] as (input: unknown) => Promise<unknown>
    return { result: (await run(input)) ?? null }
  } catch (error) {
    if (!(error instanceof OperationFault)) throw error
    return { sentences: error.sentences }
  }
}
