import { SQSClient } from '@aws-sdk/client-sqs'
import { SignatureV4 } from '@smithy/signature-v4'
import { OperationFault } from '../core/operation-fault.ts'
import { Sha256 } from './postgres/iam-token.ts'

/** What the operations function is called with, and what it answers. */
export interface OperationCall {
  readonly operation: string
  readonly input: unknown
}
export type OperationAnswer = { readonly result: unknown } | { readonly sentences: readonly string[] }

/**
 * Calls a Lambda function and waits for its answer: one signed request, with the region and credentials that the SDK
 * finds by itself (environment, profile, SSO), for which any of its clients serves.
 * @throws OperationFault with the sentences of the function, or one that says why it could not be called
 */
export const invokeOperation = async (functionName: string, operation: string, input: unknown): Promise<unknown> => {
  const body = JSON.stringify({ operation, input } satisfies OperationCall)
  const { config } = new SQSClient({})
  const region = await config.region()
  const endpoint = new URL(process.env.AWS_ENDPOINT_URL_LAMBDA || `https://lambda.${region}.amazonaws.com`)
  const path = `/2015-03-31/functions/${functionName}/invocations`
  const signer = new SignatureV4({ service: 'lambda', region, sha256: Sha256, credentials: config.credentials })
  const { headers } = await signer.sign({
    method: 'POST',
    protocol: endpoint.protocol,
    hostname: endpoint.hostname,
    path,
    headers: { host: endpoint.host, 'content-type': 'application/json' },
    body,
  })
  const response = await fetch(new URL(path, endpoint), { method: 'POST', headers, body })
  const text = await response.text()
  if (!response.ok || response.headers.has('x-amz-function-error'))
    throw new OperationFault(
      `${functionName} in ${region} did not do it (HTTP ${response.status}): ${text.slice(0, 500)}`,
    )
  const answer: OperationAnswer = JSON.parse(text)
  if ('sentences' in answer) throw new OperationFault(...answer.sentences)
  return answer.result
}
