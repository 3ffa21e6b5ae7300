/** Memory of the instance classes that a stage may choose, without the prefix `db.`. */
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

/** Connections that the class offers by default: LEAST(DBInstanceClassMemory / 9531392, 5000). */
export const maxConnections = (instanceClass: InstanceClass) =>
  Math.min(Math.floor((memoryGiB[instanceClass] * 2 ** 30) / 9_531_392), 5_000)
