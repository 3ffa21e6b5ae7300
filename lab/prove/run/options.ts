import { parseArgs } from 'node:util'
import { buses, type Stage } from '../../../lib/stage/stage.ts'
import type { Size } from '../world/proof.ts'

export interface Options {
  /** Ids of the proofs to run. Null runs all. */
  readonly only: readonly string[] | null
  readonly bus: readonly Stage['bus'][]
  readonly seed: number
  readonly size: Size
  readonly mutants: boolean
  /** Path of the report. */
  readonly report: string
}

const usage = `npm run prove -- [--only P4,P8] [--bus sqs|kinesis] [--seed N] [--size ci|full] [--report FILE] [--mutants]`

/** @throws Error with every fault and the usage */
export const readOptions = (args: readonly string[], known: readonly string[]): Options => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      bus: { type: 'string' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
      size: { type: 'string', default: 'full' },
      report: { type: 'string', default: '.data/prove.html' },
      mutants: { type: 'boolean', default: false },
    },
  })
  const only = values.only?.toUpperCase().split(',') ?? null
  const bus = values.bus?.split(',') ?? [...buses]
  const faults = [
    ...(only ?? []).filter((id) => !known.includes(id)).map((id) => `--only ${id}: the proofs are ${known.join(', ')}`),
    ...bus
      .filter((name) => !buses.some((one) => one === name))
      .map((name) => `--bus ${name}: it is ${buses.join(' or ')}`),
    ...(/^\d+$/.test(values.seed) ? [] : [`--seed ${values.seed}: it is a whole number`]),
    ...(['ci', 'full'].includes(values.size) ? [] : [`--size ${values.size}: it is ci or full`]),
  ]
  if (faults.length > 0) throw new Error([...faults, usage].join('\n'))
  return {
    only,
    bus: bus as Stage['bus'][],
    seed: Number(values.seed),
    size: values.size as Size,
    mutants: values.mutants,
    report: values.report,
  }
}
