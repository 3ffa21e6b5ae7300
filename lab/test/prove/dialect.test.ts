import { expect, test } from 'vitest'
import { understand } from '../../prove/world/proxy/dialect.ts'

const failsOdd = (place: number) => place % 2 === 1

test('SQS: entries that fail do not reach the queue, and the answer names them', () => {
  const entries = ['a', 'b', 'c'].map((MessageBody, i) => ({ Id: String(i), MessageBody }))
  const request = { QueueUrl: 'http://127.0.0.1:1/000000000000/ProcessRawDataSigfoxQueue', Entries: entries }
  const call = understand('AmazonSQS.SendMessageBatch', JSON.stringify(request))
  expect(call).toMatchObject({ action: 'publish', topic: 'ProcessRawDataSigfoxQueue', records: ['a', 'b', 'c'] })
  expect(JSON.parse(call?.without(failsOdd) ?? '').Entries).toEqual([entries[0], entries[2]])
  const answer = JSON.parse(call?.merge('{"Successful":[{"Id":"0"},{"Id":"2"}]}', failsOdd) ?? '')
  expect(answer.Successful).toHaveLength(2)
  expect(answer.Failed).toMatchObject([{ Id: '1', SenderFault: false }])
})

test('Kinesis: the answer has one result for each record, in the order of the request', () => {
  const records = ['YQ==', 'Yg==', 'Yw=='].map((Data) => ({ Data, PartitionKey: '1' }))
  const request = { StreamARN: 'arn:aws:kinesis:eu-west-1:0:stream/ProcessRawDataNBIoT', Records: records }
  const call = understand('Kinesis_20131202.PutRecords', JSON.stringify(request))
  expect(call).toMatchObject({ action: 'publish', topic: 'ProcessRawDataNBIoT', records: ['YQ==', 'Yg==', 'Yw=='] })
  expect(JSON.parse(call?.without(failsOdd) ?? '').Records).toEqual([records[0], records[2]])
  const taken = [{ SequenceNumber: '1' }, { SequenceNumber: '2' }]
  const answer = JSON.parse(call?.merge(JSON.stringify({ Records: taken }), failsOdd) ?? '')
  expect(answer).toMatchObject({ FailedRecordCount: 1 })
  expect(answer.Records.map((r: { SequenceNumber?: string }) => r.SequenceNumber ?? 'failed')).toEqual([
    '1',
    'failed',
    '2',
  ])
})

test('a request to another service passes unchanged', () => {
  expect(understand('secretsmanager.GetSecretValue', '{}')).toBeNull()
  expect(understand('AmazonSQS.GetQueueAttributes', '{"QueueUrl":"x/y"}')).toMatchObject({
    action: 'other',
    topic: 'y',
  })
})
