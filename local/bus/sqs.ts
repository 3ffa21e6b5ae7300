import { type Call, connectAws } from './aws-client.ts'

export type Sqs = Call

export const connectSqs = (url: string): Sqs => connectAws(url, 'sqs', 'AmazonSQS')
