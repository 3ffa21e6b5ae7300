import { prove } from './proofs.ts'

/** Crashes, outages, poison and replays: P1 to P8. */
prove('sqs', (number) => number <= 8)
