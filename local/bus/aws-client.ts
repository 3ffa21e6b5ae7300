import { region } from '../process/overrides.ts'
import { StartFault } from '../process/starting.ts'

/** Calls one action of a service. Throws when the service refuses or cannot be reached. */
type Call = <T>(action: string, body: Readonly<Record<string, unknown>>) => Promise<T>

export type Sqs = Call
export type Kinesis = Call

/** Emulators check that a request is signed, but not how. */
const signature = (service: string) =>
  `AWS4-HMAC-SHA256 Credential=x/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=x`

/** Speaks the AWS JSON protocol by hand: the runner needs a few actions only and starts faster without the SDK. */
const connect =
  (url: string, service: string, version: '1.0' | '1.1', target: string): Call =>
  async <T>(action: string, body: Readonly<Record<string, unknown>>) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': `application/x-amz-json-${version}`,
        'x-amz-target': `${target}.${action}`,
        'x-amz-date': '20260101T000000Z',
        authorization: signature(service),
      },
      body: JSON.stringify(body),
    })
    const text = await response.text()
    if (!response.ok) throw new StartFault(`The local ${service} refused ${action}: ${text}`)
    return (text ? JSON.parse(text) : {}) as T
  }

export const connectSqs = (url: string): Sqs => connect(url, 'sqs', '1.0', 'AmazonSQS')
export const connectKinesis = (url: string): Kinesis => connect(url, 'kinesis', '1.1', 'Kinesis_20131202')
