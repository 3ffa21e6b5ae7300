import type { Invocation } from '../functions/function-process.ts'

const identifierOf = (failure: unknown) => (failure as { readonly itemIdentifier?: unknown } | null)?.itemIdentifier

/**
 * Which messages of a batch are delivered again, by the rules of event-source mappings: none after an empty or missing
 * answer; the named ones; all when the function failed or named an id that is not in the batch.
 */
export const failedMessages = (
  invocation: Invocation,
  messageIds: readonly string[],
  reportsFailures: boolean,
): ReadonlySet<string> => {
  const all = new Set(messageIds)
  const none = new Set<string>()
  if (!invocation.ok) return all
  if (!reportsFailures) return none
  const failures = (invocation.payload as { readonly batchItemFailures?: unknown } | null)?.batchItemFailures
  if (failures === undefined || failures === null) return none
  if (!Array.isArray(failures)) return all
  const failed = new Set<string>()
  for (const failure of failures) {
    const id = identifierOf(failure)
    if (typeof id !== 'string' || !all.has(id)) return all
    failed.add(id)
  }
  return failed
}
