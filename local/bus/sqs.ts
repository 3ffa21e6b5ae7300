import { type Call, connectAws } from './aws-json.ts'

export type Sqs = Call

export const connectSqs = (url: string): Sqs => connectAws(url, 'sqs', 'AmazonSQS')
