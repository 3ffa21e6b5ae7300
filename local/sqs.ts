import { StartFault } from './fault.ts'

/** Calls one SQS action. Throws when the service refuses or cannot be reached. */
export type Sqs = <T>(action: string, body: Readonly<Record<string, unknown>>) => Promise<T>

/** The AWS JSON protocol by hand: the runner needs six actions and starts faster without the SDK. */
export const connectSqs =
  (url: string): Sqs =>
  async <T>(action: string, body: Readonly<Record<string, unknown>>) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${action}` },
      body: JSON.stringify(body),
    })
    const text = await response.text()
    if (!response.ok) throw new StartFault(`The local queues refused ${action}: ${text}`)
    return (text ? JSON.parse(text) : {}) as T
  }
