import { OperationFault } from '../contract/operation-fault.ts'
import { ownRegion, signedFetch } from './signed-request.ts'

/** What the operations function is called with, and what it answers. */
export interface OperationCall {
  readonly operation: string
  readonly input: unknown
}
export type OperationAnswer = { readonly result: unknown } | { readonly sentences: readonly string[] }

/**
 * Calls a Lambda function and waits for its answer.
 * @throws OperationFault with the sentences of the function, or one that says why it could not be called
 */
export const invokeOperation = async (functionName: string, operation: string, input: unknown): Promise<unknown> => {
  const region = await ownRegion()
  const endpoint = process.env.AWS_ENDPOINT_URL_LAMBDA || `https://lambda.${region}.amazonaws.com`
  const response = await signedFetch('lambda', new URL(`/2015-03-31/functions/${functionName}/invocations`, endpoint), {
    method: 'POST',
    region,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ operation, input } satisfies OperationCall),
  })
  const text = await response.text()
  if (!response.ok || response.headers.has('x-amz-function-error'))
    throw new OperationFault(
      `${functionName} in ${region} did not do it (HTTP ${response.status}): ${text.slice(0, 500)}`,
    )
  const answer: OperationAnswer = JSON.parse(text)
  if ('sentences' in answer) throw new OperationFault(...answer.sentences)
  return answer.result
}
