import { OperationFault } from '../contract/operation-fault.ts'
import type { Operations } from './index.ts'
import { ownRegion, signedFetch } from './signed-request.ts'

/** What the operations function is called with, and what it answers. */
export interface OperationCall {
  readonly operation: string
  readonly input: unknown
}
export type OperationAnswer = { readonly result: unknown } | { readonly sentences: readonly string[] }

const invoke = async (functionName: string, call: OperationCall): Promise<unknown> => {
  const region = await ownRegion()
  const endpoint = process.env.AWS_ENDPOINT_URL_LAMBDA || `https://lambda.${region}.amazonaws.com`
  const response = await signedFetch('lambda', new URL(`/2015-03-31/functions/${functionName}/invocations`, endpoint), {
    method: 'POST',
    region,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(call),
  })
  const text = await response.text()
  if (!response.ok || response.headers.has('x-amz-function-error'))
    throw new OperationFault(`${functionName} in ${region} failed (HTTP ${response.status}): ${text.slice(0, 500)}`)
  const answer: OperationAnswer = JSON.parse(text)
  if ('sentences' in answer) throw new OperationFault(...answer.sentences)
  return answer.result
}

/**
 * The operations, each a call of the function beside the database.
 * @throws OperationFault from each operation: with the function's sentences, or one that says why it could not be called
 */
export const throughFunction = (functionName: string): Operations =>
  new Proxy({} as Operations, {
    get: (_, operation) => (input: unknown) => invoke(functionName, { operation: String(operation), input }),
  })
