import { flowsPerTask } from '../../../lib/stage/sizes.ts'
import { type Decimal, decimal, fixed, over, times } from './decimal.ts'
import type { Deployment } from './deployment.ts'
import { flowOf } from './flow.ts'
import { workerSeconds } from './functions.ts'
import { given } from './measured.ts'
import { secondsAMonth } from './months.ts'
import { filledGiB } from './storage.ts'
import type { Traffic } from './traffic.ts'

/** What an instance class sustains. */
interface Class {
  readonly vcpu: string
  readonly memoryGiB: number
  /** Disk operations a second without bursts, and no more than the disk's own. */
  readonly diskOperations: number
}

/** t4g earns credits for a share of its two vCPU. Shares and disk baselines are those of the EC2 user guide, from memory. */
const classes: Readonly<Record<string, Class>> = {
  't4g.micro': { vcpu: '0.2', memoryGiB: 1, diskOperations: 500 },
  't4g.small': { vcpu: '0.4', memoryGiB: 2, diskOperations: 1_000 },
  't4g.medium': { vcpu: '0.4', memoryGiB: 4, diskOperations: 2_000 },
  't4g.large': { vcpu: '0.6', memoryGiB: 8, diskOperations: 4_000 },
  'm7g.large': { vcpu: '2', memoryGiB: 8, diskOperations: 3_600 },
  'm7g.xlarge': { vcpu: '4', memoryGiB: 16, diskOperations: 6_000 },
  'm7g.2xlarge': { vcpu: '8', memoryGiB: 32, diskOperations: 12_000 },
  'r7g.large': { vcpu: '2', memoryGiB: 16, diskOperations: 3_600 },
  'r7g.xlarge': { vcpu: '4', memoryGiB: 32, diskOperations: 6_000 },
  'r7g.2xlarge': { vcpu: '8', memoryGiB: 64, diskOperations: 12_000 },
}

/** The share of any capacity that may be planned. The rest is for peaks and for catching up. */
const usable = decimal('0.7')
const millionth = decimal('0.000001')

/** vCPU of all tasks: a fixed part for each, and a part for each datagram, as a line through the two measured rates. */
const gatewayVcpu = (tasks: number, datagramsASecond: Decimal) => {
  const quiet = times(decimal(1_000), given('gatewayQuietMicroseconds'))
  const busy = times(decimal(10_000), given('gatewayMicroseconds'))
  const aDatagram = over(busy - quiet, decimal(9_000))
  const idle = quiet - times(aDatagram, decimal(1_000))
  return times(times(decimal(tasks), idle) + times(aDatagram, datagramsASecond), millionth)
}

const databaseVcpu = (messages: Decimal, readings: Decimal) =>
  times(
    over(
      times(messages, given('rawDatabaseMicroseconds')) +
        times(readings, given('pulseDatabaseMicroseconds') + given('closingDatabaseMicroseconds')),
      secondsAMonth,
    ),
    millionth,
  )

/** None where half of the memory holds the index of the hour, which the rows of the fleet go into. */
const diskOperations = (messages: Decimal, { devices, messagesAnHour }: Traffic, memoryGiB: number) =>
  times(devices, messagesAnHour, given('openIndexBytes')) <= decimal(memoryGiB * 2 ** 29)
    ? 0n
    : over(times(messages, given('rowDiskOperations')), secondsAMonth)

const databaseLoads = ({ database }: Deployment, traffic: Traffic, messages: Decimal): Load[] => {
  const size = classes[database.instanceClass]
  if (!size) return []
  const readings = times(messages, traffic.readingsAMessage)
  return [
    {
      what: `database ${database.instanceClass}, CPU`,
      needed: databaseVcpu(messages, readings),
      offered: times(usable, decimal(size.vcpu)),
      unit: 'vCPU',
    },
    {
      what: `database ${database.instanceClass}, disk`,
      needed: diskOperations(messages, traffic, size.memoryGiB),
      // bursts are the reserve here
      offered: decimal(size.diskOperations),
      unit: 'operations a second',
    },
  ]
}

interface Load {
  readonly what: string
  readonly needed: Decimal
  readonly offered: Decimal
  readonly unit: string
}

/** Requests a second that API Gateway lets in, or that the container door's tasks are planned for. */
const callbacksOffered = ({ sigfoxDoor, requestsPerSecond, gateway }: Deployment) =>
  sigfoxDoor === 'function'
    ? times(usable, decimal(requestsPerSecond))
    : times(decimal(gateway.tasks), decimal(String(flowsPerTask('TLS', gateway.cpuUnits))))

const loadsOf = (deployment: Deployment, traffic: Traffic): Load[] => {
  const flow = flowOf(deployment, traffic)
  const { gateway } = deployment
  const messages = flow.sigfox.messages + flow.nbiot.messages
  const aSecond = (aMonth: Decimal) => over(aMonth, secondsAMonth)
  const workers = (['sigfox', 'nbiot'] as const).flatMap((lane) =>
    (['raw', 'pulse'] as const).map((step) => ({
      what: `${step} workers of ${lane}`,
      needed: aSecond(workerSeconds(step, deployment[step], flow[lane][step], traffic)),
      offered: times(usable, decimal(deployment[step].maxConcurrency)),
      unit: 'at once',
    })),
  )
  return [
    {
      what: 'gateway tasks',
      needed: gatewayVcpu(gateway.tasks, aSecond(flow.nbiot.messages)),
      offered: times(usable, decimal(gateway.tasks), over(decimal(gateway.cpuUnits), decimal(1_024))),
      unit: 'vCPU',
    },
    ...workers,
    ...databaseLoads(deployment, traffic, messages),
    {
      what: 'Sigfox door',
      needed: aSecond(flow.callbacks),
      offered: callbacksOffered(deployment),
      unit: 'requests a second',
    },
  ]
}

/** A sentence for each part of the deployment that cannot carry this traffic. */
export const overloads = (deployment: Deployment, traffic: Traffic): string[] =>
  loadsOf(deployment, traffic)
    .filter(({ needed, offered }) => needed > offered)
    .map(
      ({ what, needed, offered, unit }) =>
        `${what}: ${fixed(needed, 2)} ${unit} needed, ${fixed(offered, 2)} may be planned`,
    )

/** A sentence if the rows do not fit on the template's disk, else null. */
export const diskShortage = (deployment: Deployment, traffic: Traffic): string | null => {
  const { raw, readings } = filledGiB(deployment, traffic, flowOf(deployment, traffic))
  const { storageGiB } = deployment.database
  return raw + readings <= decimal(storageGiB)
    ? null
    : `disk: ${fixed(raw + readings, 0)} GiB needed on day ${fixed(traffic.daysKept, 0)}, the stage has ${storageGiB}; the bill has what is needed`
}
