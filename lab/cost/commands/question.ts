import { openCatalogue, priceFile } from '../model/catalogue.ts'
import { type Decimal, decimal, roundDown, zero } from '../model/decimal.ts'
import type { Deployment } from '../model/deployment.ts'
import { CostFault } from '../model/fault.ts'
import type { Question } from '../model/question.ts'
import { checkTraffic, hourly, type Traffic } from '../model/traffic.ts'
import type { Format } from '../report/section.ts'

export const options = {
  devices: { type: 'string' },
  'per-hour': { type: 'string' },
  sigfox: { type: 'string' },
  callbacks: { type: 'string' },
  bytes: { type: 'string' },
  readings: { type: 'string' },
  days: { type: 'string' },
  region: { type: 'string' },
  bus: { type: 'string' },
  prices: { type: 'string' },
  'operations-hours': { type: 'string' },
  'operations-rate': { type: 'string' },
  latency: { type: 'string' },
  zones: { type: 'string' },
  'raw-days': { type: 'string' },
  'multi-az': { type: 'boolean' },
  compare: { type: 'boolean' },
  explain: { type: 'string' },
  html: { type: 'string' },
  json: { type: 'boolean' },
  csv: { type: 'boolean' },
  md: { type: 'boolean' },
  help: { type: 'boolean' },
} as const

export type Values = { [K in keyof typeof options]?: (typeof options)[K]['type'] extends 'boolean' ? boolean : string }

/** A question, and how the answer is shown. */
export interface Asked extends Question {
  readonly compare: boolean
  /** The line of the bill to explain. */
  readonly explain: string | null
  readonly html: string | null
  readonly format: Format
}

const numberOf = (values: Values, name: keyof Values, fallback: string, whole = false): Decimal => {
  const text = values[name] ?? fallback
  try {
    const number = decimal(String(text))
    if (number >= zero && (!whole || number === roundDown(number))) return number
  } catch {}
  throw new CostFault(`--${name} is "${text}"; it must be a ${whole ? 'whole ' : ''}number of 0 or more.`)
}

const callbacksOf = ({ callbacks = 'one-by-one' }: Values): Traffic['callbacks'] => {
  if (callbacks === 'one-by-one' || callbacks === 'batched') return callbacks
  throw new CostFault(`--callbacks is "${callbacks}"; it must be one-by-one or batched.`)
}

const busOf = ({ bus }: Values): Deployment['bus'] | undefined => {
  if (bus === undefined || bus === 'sqs' || bus === 'kinesis') return bus
  throw new CostFault(`--bus is "${bus}"; it must be sqs or kinesis.`)
}

const trafficOf = (values: Values): Traffic =>
  checkTraffic({
    ...hourly(numberOf(values, 'devices', '3600000', true), callbacksOf(values)),
    messagesAnHour: numberOf(values, 'per-hour', '1'),
    sigfoxPercent: numberOf(values, 'sigfox', '50'),
    datagramBytes: numberOf(values, 'bytes', '31', true),
    readingsAMessage: numberOf(values, 'readings', '1'),
    daysKept: numberOf(values, 'days', '30', true),
  })

/** Reads the options of the command line. @throws CostFault for the first that is wrong */
export const readQuestion = (values: Values, usualRegion = 'us-east-1'): Asked => {
  const region = values.region ?? usualRegion
  const file = values.prices ?? priceFile
  return {
    traffic: trafficOf(values),
    region,
    bus: busOf(values),
    file,
    catalogue: openCatalogue(file, region),
    operations: {
      hours: numberOf(values, 'operations-hours', '0'),
      rate: numberOf(values, 'operations-rate', '0'),
    },
    demands: {
      latencySeconds: numberOf(values, 'latency', '30'),
      zones: Number(numberOf(values, 'zones', '2', true) / decimal(1)),
      multiAz: values['multi-az'] ?? true,
      rawDays: Number(numberOf(values, 'raw-days', '30', true) / decimal(1)),
    },
    compare: values.compare ?? false,
    explain: values.explain ?? null,
    html: values.html ?? null,
    format: values.json ? 'json' : values.csv ? 'csv' : values.md ? 'md' : 'text',
  }
}
