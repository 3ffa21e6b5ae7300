import type { Stage } from '../../lib/stage/stage.ts'

const region = 'eu-west-1'

/** The event that a bus's mapping would send for these records (base64). Batches may have any size. */
export const busEvent = (bus: Stage['bus'], records: readonly string[]): unknown => ({
  Records: records.map((data, i) =>
    bus === 'sqs'
      ? {
          messageId: `made-${i}`,
          receiptHandle: `made-${i}`,
          body: data,
          attributes: { SentTimestamp: String(Date.now()), ApproximateReceiveCount: '1' },
          messageAttributes: {},
          eventSource: 'aws:sqs',
          eventSourceARN: `arn:aws:sqs:${region}:000000000000:made`,
          awsRegion: region,
        }
      : {
          eventID: `shardId-000000000000:${i}`,
          kinesis: {
            data,
            sequenceNumber: String(i).padStart(56, '0'),
            partitionKey: '0',
            approximateArrivalTimestamp: Date.now() / 1000,
            kinesisSchemaVersion: '1.0',
          },
          eventSource: 'aws:kinesis',
          eventName: 'aws:kinesis:record',
          eventVersion: '1.0',
          awsRegion: region,
        },
  ),
})
