import { SQSClient } from '@aws-sdk/client-sqs'
import { SignatureV4 } from '@smithy/signature-v4'
import { Sha256 } from '../adapters/aws/call.ts'
import { OperationFault } from '../contract/operation-fault.ts'

export interface SignedRequest {
  readonly method: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** The region to sign for, if it is not `ownRegion`. */
  readonly region?: string
  readonly signal?: AbortSignal
}

/** The region that the SDK finds (environment, profile). Any of its clients can tell. @throws OperationFault if there is none */
export const ownRegion = (): Promise<string> =>
  new SQSClient({}).config.region().catch(() => {
    throw new OperationFault('There is no AWS region: set AWS_REGION, or AWS_PROFILE to a profile that has one.')
  })

/**
 * Makes one request, signed (SigV4) with the credentials that the SDK finds: environment, profile, SSO. Only commands
 * sign like this: the SDK's chain of credentials is too large for the bundles.
 * @throws OperationFault if there are no credentials
 */
export const signedFetch = async (service: string, url: URL, request: SignedRequest): Promise<Response> => {
  const { method, headers: given, body, signal } = request
  const region = request.region ?? (await ownRegion())
  const { credentials } = new SQSClient({ region }).config
  const signer = new SignatureV4({ service, region, sha256: Sha256, credentials })
  const { headers } = await signer
    .sign({
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { host: url.host, ...given },
      ...(body === undefined ? {} : { body }),
    })
    .catch((error: Error) => {
      throw new OperationFault(`There are no AWS credentials to sign with: ${error.message}`)
    })
  return fetch(url, { method, headers, ...(body === undefined ? {} : { body }), ...(signal ? { signal } : {}) })
}
