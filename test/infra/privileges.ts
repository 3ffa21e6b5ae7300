import type { Stage } from '../../lib/stage/stage.ts'

/** Actions on a topic, by bus. */
const send = { sqs: 'sqs:SendMessage', kinesis: 'kinesis:PutRecords' } as const
const read = {
  sqs: 'sqs:ChangeMessageVisibility sqs:DeleteMessage sqs:GetQueueAttributes sqs:GetQueueUrl sqs:ReceiveMessage',
  kinesis:
    'kinesis:DescribeStream kinesis:DescribeStreamSummary kinesis:GetRecords kinesis:GetShardIterator kinesis:ListShards',
} as const

const logs = (group: string) => `logs:CreateLogStream logs:PutLogEvents on ${group}`
// EC2 supports no resource for these.
const network =
  'ec2:AssignPrivateIpAddresses ec2:CreateNetworkInterface ec2:DeleteNetworkInterface ec2:DescribeNetworkInterfaces ec2:DescribeSubnets ec2:UnassignPrivateIpAddresses on *'
const signInTo = ({ existing }: Stage['database']) => {
  if (!existing) return (user: string) => `rds-db:connect on dbuser DatabaseInstance/${user}`
  const { signIn } = existing
  return 'secretArn' in signIn
    ? () => `secretsmanager:GetSecretValue on ${signIn.secretArn}`
    : (user: string) => `rds-db:connect on dbuser ${signIn.resourceId}/${user}`
}

/** Everything that each role may do: actions, then resource. A role that is not listed must not exist. */
export const privileges = ({ bus, sigfoxDoor, database }: Stage): Record<string, string[]> => {
  const signIn = signInTo(database)
  const kind = bus === 'sqs' ? 'Queue' : 'Stream'
  const topic = (name: string) => `${name}${kind}`
  const worker = (lane: 'Sigfox' | 'NBIoT', step: 'Raw' | 'Pulse') => [
    logs(`${lane}${step}WorkerLogs`),
    network,
    signIn('sluice_app'),
    `${read[bus]} on ${topic(`Process${step}Data${lane}`)}`,
    ...(step === 'Raw' ? [`${send[bus]} on ${topic(`ProcessPulseData${lane}`)}`] : []),
    // Lambda writes failed records with the role of the function.
    ...(bus === 'kinesis' ? ['s3:ListBucket on Undelivered', 's3:PutObject on Undelivered/*'] : []),
  ]
  const beside = (name: string, user: string) => [logs(`${name}Logs`), network, signIn(user)]
  const accept = `${send[bus]} on ${topic('ProcessRawDataSigfox')}`
  const readToken = 'secretsmanager:GetSecretValue on SigfoxToken'
  const execution = (name: string) => [
    'ecr:BatchCheckLayerAvailability ecr:BatchGetImage ecr:GetDownloadUrlForLayer on the repository of the bootstrap',
    'ecr:GetAuthorizationToken on *',
    logs(`${name}Logs`),
  ]
  const sigfox: Record<string, string[]> =
    sigfoxDoor === 'lambda'
      ? {
          SigfoxApiAuthorizer: [logs('SigfoxApiAuthorizerLogs'), readToken],
          SigfoxApiCallback: [logs('SigfoxApiCallbackLogs'), accept],
        }
      : {
          CallbackGatewayTaskTask: [accept, readToken],
          CallbackGatewayTaskExecution: execution('CallbackGateway'),
        }
  return {
    ...sigfox,
    UdpGatewayTaskTask: [`${send[bus]} on ${topic('ProcessRawDataNBIoT')}`],
    UdpGatewayTaskExecution: execution('UdpGateway'),
    SigfoxRawWorker: worker('Sigfox', 'Raw'),
    SigfoxPulseWorker: worker('Sigfox', 'Pulse'),
    NBIoTRawWorker: worker('NBIoT', 'Raw'),
    NBIoTPulseWorker: worker('NBIoT', 'Pulse'),
    ReadingApiApi: beside('ReadingApiApi', 'sluice_reader'),
    UpkeepUpkeep: beside('UpkeepUpkeep', 'sluice_owner'),
    OperationsOperations: beside('OperationsOperations', 'sluice_operator'),
  }
}

/** Roles that CDK adds for its own functions at deployment. CDK decides what they may do; it is listed too. */
export const providers = ({ database }: Stage): Record<string, string[]> => ({
  AWSCDKTriggerCustomResourceProviderCustomResourceProvider: ['lambda:InvokeFunction on Upkeep:*'],
  // The default group of an existing network is left alone.
  ...(!database.existing && {
    CustomVpcRestrictDefaultSGCustomResourceProvider: [
      'ec2:AuthorizeSecurityGroupEgress ec2:AuthorizeSecurityGroupIngress ec2:RevokeSecurityGroupEgress ec2:RevokeSecurityGroupIngress on the default security group',
    ],
  }),
})
