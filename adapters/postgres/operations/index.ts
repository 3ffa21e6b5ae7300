import type pg from 'pg'
import { profileOfDatagram, profiles } from '../../../core/profiles/index.ts'
import { sha256 } from '../../sha256.ts'
import { continueReplay, type ReplayJob, startReplay } from '../replay/job.ts'
import type { Selection } from '../replay/selection.ts'
import { rejectSummary, showReject } from './rejects.ts'

/**
 * What the commands do, each call with a value that JSON can carry and an answer of the same kind: a command calls it
 * straight where it reaches the database, and through a function beside the database where it does not.
 */
export const operations = (pool: pg.Pool, defaultProfile: string | null) => {
  const decoder = { digest: sha256, profiles, profileOfDatagram, defaultProfile }
  return {
    startReplay: (input: { selection: Selection; dryRun: boolean }) =>
      startReplay(pool, decoder, input.selection, input.dryRun),
    continueReplay: (input: { job: ReplayJob; selection: Selection; dryRun: boolean }) =>
      continueReplay(pool, decoder, input),
    rejectSummary: (input: { mostDevices: number }) => rejectSummary(pool, input),
    showReject: (input: { id: string }) => showReject(pool, input),
  }
}

export type Operations = ReturnType<typeof operations>
