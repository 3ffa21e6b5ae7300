import { prove } from './proofs.ts'

/** Sizes, stops, overload, hostile callers, connections, clocks, counts: P12 to P37. */
prove('sqs', (number) => number > 8)
/** On the second bus those that depend on how a bus fails; `npm run prove` runs all on both. */
prove('kinesis', (number) => [4, 8].includes(number))
