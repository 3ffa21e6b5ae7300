import { type ReadBody, readBatch, readCallback } from '../sigfox/callback.ts'

/** Who reads what is posted to the HTTP door, by path. The paths are those of `contract/callback-paths.ts`. */
export const callbackReaders: ReadonlyMap<string, ReadBody> = new Map([
  ['/sigfox/uplink', readCallback],
  ['/sigfox/batch', readBatch],
])
