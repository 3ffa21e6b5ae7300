/** What the sizes that a stage may choose offer. */

/** Memory of the database instance classes, named without the prefix `db.`. */
const memoryGiB = {
  't4g.micro': 1,
  't4g.small': 2,
  't4g.medium': 4,
  't4g.large': 8,
  'm7g.large': 8,
  'm7g.xlarge': 16,
  'm7g.2xlarge': 32,
  'r7g.large': 16,
  'r7g.xlarge': 32,
  'r7g.2xlarge': 64,
} as const

export type InstanceClass = keyof typeof memoryGiB

export const memoryBytes = (instanceClass: InstanceClass) => memoryGiB[instanceClass] * 2 ** 30

/**
 * RDS computes with less than the class has, because its own processes take some: others read 79 to 87 connections from a
 * t4g.micro, of which the whole gibibyte would make 112.
 */
const shareOfMemory = 0.75

/** Connections that the class allows by default, LEAST(DBInstanceClassMemory / 9531392, 5000), cautiously. */
export const maxConnections = (instanceClass: InstanceClass) =>
  Math.min(Math.floor((shareOfMemory * memoryBytes(instanceClass)) / 9_531_392), 5_000)

/** Smallest and largest memory of a Fargate task by its CPU units, in steps of 1,024 MiB; 512 MiB is the only half step. */
const fargateMemoryMiB: Record<number, [lowest: number, highest: number]> = {
  256: [512, 2048],
  512: [1024, 4096],
  1024: [2048, 8192],
  2048: [4096, 16_384],
  4096: [8192, 30_720],
}

/** True if Fargate has a task of this size. */
export const isFargateSize = (cpuUnits: number, memoryMiB: number) => {
  const [lowest, highest] = fargateMemoryMiB[cpuUnits] ?? [0, 0]
  return memoryMiB >= lowest && memoryMiB <= highest && (memoryMiB % 1024 === 0 || memoryMiB === 512)
}

/** A quarter of a vCPU is half busy with 1,000 datagrams a second (124 µs each at that rate, `npm run bench gateway`). */
const datagramsPerCpuUnit = 4
/** An estimate: a callback costs a connection, JSON and a token check, about as much as ten datagrams. */
const callbacksPerCpuUnit = 0.4

/** New flows a second planned for one gateway task: datagrams, or callbacks over TLS. 1,024 CPU units are one vCPU. */
export const flowsPerTask = (transport: 'UDP' | 'TLS', cpuUnits: number) =>
  cpuUnits * (transport === 'UDP' ? datagramsPerCpuUnit : callbacksPerCpuUnit)
