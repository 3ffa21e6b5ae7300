/** An accepted finding of cdk-nag: its full id, the constructs it is about, and why. */
export interface Acknowledgement {
  readonly id: string
  /** Matches construct paths without the name of the stage: `data/Network/Vpc/Resource`. */
  readonly on: RegExp
  readonly reason: string
}

const everyFunction = /^ingest\/.*(Authorizer|Callback|Upkeep|Worker|Api|Operations)\/Resource$/

/** All accepted findings. A test compares them with what cdk-nag finds: nothing is missing here and nothing is stale. */
export const acknowledged: readonly Acknowledgement[] = [
  {
    id: 'AwsSolutions-VPC7',
    on: /^data\/Network\/Vpc\/Resource$/,
    reason:
      'A flow log has one record for each flow, and each datagram of a meter is a flow: for 3.6 million meters it would cost more than the whole ingest. The raw messages show who sent what; refused messages are counted and kept.',
  },
  {
    id: 'AwsSolutions-RDS3',
    on: /^data\/Database\/Instance$/,
    reason: 'The stage has multiAz: false, for development and load tests.',
  },
  {
    id: 'AwsSolutions-RDS10',
    on: /^data\/Database\/Instance$/,
    reason: 'The stage has keepData: false, because it is made to be destroyed. The checks refuse this in prod.',
  },
  {
    id: 'AwsSolutions-RDS13',
    on: /^data\/Database\/Instance$/,
    reason:
      'The stage has backupDays: 0, because a load test can be repeated. Stages with keepData have at least one day.',
  },
  {
    id: 'AwsSolutions-RDS11',
    on: /^data\/Database\/Instance$/,
    reason:
      'Another port hides nothing: the database has no public address, and only the security group of its clients reaches it.',
  },
  {
    id: 'AwsSolutions-SMG4',
    on: /^data\/SigfoxToken\/Resource$/,
    reason:
      'The other copy of the token is in the callback form of the Sigfox backend, which no function can edit. It is rotated by hand, and two tokens are valid meanwhile (docs/deploy.md).',
  },
  {
    id: 'AwsSolutions-S1',
    on: /^data\/Undelivered\/Resource$/,
    reason:
      'Only the event source mappings write to this bucket, and only an operator reads it. It stays empty unless an alarm is raised, so access logs would record nothing.',
  },
  {
    id: 'AwsSolutions-EC23',
    on: /^ingest\/(Udp|Callback)Gateway\/Open$/,
    reason:
      'The doors: one UDP port for meters, and TLS if a gateway takes the callbacks. They are open to every address, because mobile operators and Sigfox change theirs. Another test lists the rules one by one. With a private APN the UDP port would be closed (docs/threat-model.md).',
  },
  {
    id: 'AwsSolutions-ECS2',
    on: /^ingest\/(Udp|Callback)Gateway\/Task\/Resource$/,
    reason:
      'The settings of a gateway are sizes, ports, and the names of a topic and a secret. The Sigfox gateway reads the secret itself at run time.',
  },
  {
    id: 'AwsSolutions-ECS4',
    on: /^ingest\/Gateways\/Resource$/,
    reason:
      'The gateways write the metrics that their alarms need; Container Insights would add about twenty billed metrics.',
  },
  {
    id: 'AwsSolutions-ELB2',
    on: /^data\/FrontDoor\/Balancer\/Resource$/,
    reason:
      'A network load balancer logs only connections of TLS listeners: nothing about datagrams, and less about callbacks than the gateway counts.',
  },
  {
    id: 'AwsSolutions-IAM5[Resource::*]',
    on: /^ingest\/(Udp|Callback)Gateway\/Task\/ExecutionRole\/DefaultPolicy\/Resource$/,
    reason: 'ecr:GetAuthorizationToken supports no resource.',
  },
  {
    id: 'AwsSolutions-IAM5[Resource::*]',
    on: /^ingest\/.*ServiceRole\/DefaultPolicy\/Resource$/,
    reason: 'The network interfaces of a function in the network: EC2 supports no resource for them before they exist.',
  },
  {
    id: 'AwsSolutions-IAM5[Resource::<UndeliveredF3CF66A9.Arn>/*]',
    on: /^ingest\/(Sigfox|NBIoT)\/(Raw|Pulse)WorkerServiceRole\/DefaultPolicy\/Resource$/,
    reason: 'Lambda chooses the names of the objects that it writes; the bucket holds nothing else.',
  },
  {
    id: 'Serverless-SQSRedrivePolicy',
    on: /^data\/Process\w+\/DeadLetters\/Resource$/,
    reason: 'This is the dead-letter queue itself.',
  },
  {
    id: 'Serverless-LambdaDLQ',
    on: everyFunction,
    reason:
      'Only upkeep is invoked asynchronously, with an event that carries nothing, and its failure raises an alarm. The other functions answer their callers, or read a queue or stream that keeps what failed.',
  },
  {
    id: 'Serverless-LambdaTracing',
    on: everyFunction,
    reason:
      'A trace follows one request, but here batches of thousands become other batches. Counters show where messages stay.',
  },
  {
    id: 'Serverless-EventBusDLQ',
    on: /^ingest\/Upkeep\/Daily\/Resource$/,
    reason:
      'The event only says that a day has passed. A missed day raises an alarm, and partitions are made a week ahead.',
  },
  {
    id: 'Serverless-LambdaEventSourceMappingDestination',
    on: /^ingest\/(Sigfox|NBIoT)\/(Raw|Pulse)Worker\/SqsEventSource:\w+\/Resource$/,
    reason: 'SQS supports no such destination; the queue has its dead letters.',
  },
]
