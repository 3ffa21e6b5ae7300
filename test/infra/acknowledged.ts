/** A finding of cdk-nag that stays: its full id, the constructs it is about, and why. */
export interface Acknowledgement {
  readonly id: string
  /** Matches paths below the stage: `data/Network/Vpc/Resource`. */
  readonly on: RegExp
  readonly reason: string
}

const everyFunction = /^ingest\/.*(Authorizer|Callback|Upkeep|Worker|Api|Operations)\/Resource$/

/** Everything that stays. A test holds it against what is found, both ways: nothing else is found, nothing here is stale. */
export const acknowledged: readonly Acknowledgement[] = [
  {
    id: 'AwsSolutions-VPC7',
    on: /^data\/Network\/Vpc\/Resource$/,
    reason:
      'A flow log has a record a flow, and each datagram of a meter is a flow of its own: at 3.6 million meters it would cost more than the whole ingest. Who sent what is in the raw messages; what was refused is counted and kept.',
  },
  {
    id: 'AwsSolutions-RDS3',
    on: /^data\/Database\/Instance$/,
    reason: 'The stage says multiAz: false, for development and load tests.',
  },
  {
    id: 'AwsSolutions-RDS10',
    on: /^data\/Database\/Instance$/,
    reason: 'The stage says keepData: false: it is made to be destroyed. A stage cannot say so for prod.',
  },
  {
    id: 'AwsSolutions-RDS13',
    on: /^data\/Database\/Instance$/,
    reason: 'The stage says backupDays: 0: a load test can be run again. Stages that are kept have at least one day.',
  },
  {
    id: 'AwsSolutions-RDS11',
    on: /^data\/Database\/Instance$/,
    reason:
      'Another port hides nothing: the database has no public address, and only the group of its clients reaches it.',
  },
  {
    id: 'AwsSolutions-SMG4',
    on: /^data\/SigfoxToken\/Resource$/,
    reason:
      'The other copy of the token stands in the callback form of the Sigfox backend, which no function of ours can fill in. It is rotated by hand, with two tokens valid meanwhile (docs/deploy.md).',
  },
  {
    id: 'AwsSolutions-S1',
    on: /^data\/Undelivered\/Resource$/,
    reason:
      'Only the event source mappings write here and only an operator reads; a bucket of access logs would outlive what it watches, which is empty unless an alarm said otherwise.',
  },
  {
    id: 'AwsSolutions-EC23',
    on: /^ingest\/(UdpGateway\/TaskGroup\/Resource|(Udp|Callback)Gateway\/Open)$/,
    reason:
      'The doors: one UDP port for meters, and TLS where a container takes the callbacks, open to every address because mobile operators and Sigfox change theirs. Rules are listed one by one in another test. With a private APN the first would be closed (docs/threat-model.md).',
  },
  {
    id: 'AwsSolutions-ECS2',
    on: /^ingest\/(Udp|Callback)Gateway\/Task\/Resource$/,
    reason:
      'The settings of a gateway are sizes, ports, and names of a topic and of a secret: no secret itself, which the container door reads while it runs.',
  },
  {
    id: 'AwsSolutions-ECS4',
    on: /^ingest\/Gateways\/Resource$/,
    reason:
      'The gateways count for themselves what their alarms need; Container Insights would add some twenty billed metrics.',
  },
  {
    id: 'AwsSolutions-ELB2',
    on: /^data\/FrontDoor\/Balancer\/Resource$/,
    reason:
      'A network load balancer logs the connections of TLS listeners only: of datagrams nothing, and of callbacks less than the door that takes them counts.',
  },
  {
    id: 'AwsSolutions-IAM5[Resource::*]',
    on: /^ingest\/(Udp|Callback)Gateway\/Task\/ExecutionRole\/DefaultPolicy\/Resource$/,
    reason: 'ecr:GetAuthorizationToken takes no resource.',
  },
  {
    id: 'AwsSolutions-IAM5[Resource::*]',
    on: /^ingest\/.*ServiceRole\/DefaultPolicy\/Resource$/,
    reason: 'Network interfaces of a function in the network: EC2 takes no resource for them before they exist.',
  },
  {
    id: 'AwsSolutions-IAM5[Resource::<UndeliveredF3CF66A9.Arn>/*]',
    on: /^ingest\/(Sigfox|NBIoT)\/(Raw|Pulse)WorkerServiceRole\/DefaultPolicy\/Resource$/,
    reason: 'Lambda names the objects that it puts aside; the bucket holds nothing else.',
  },
  {
    id: 'Serverless-SQSRedrivePolicy',
    on: /^data\/Process\w+\/DeadLetters\/Resource$/,
    reason: 'It is the queue of dead letters itself.',
  },
  {
    id: 'Serverless-LambdaDLQ',
    on: everyFunction,
    reason:
      'Only upkeep is invoked asynchronously, with an event that says nothing; its failure is an alarm. The others are called and answered, or read a queue or stream that keeps what failed.',
  },
  {
    id: 'Serverless-LambdaTracing',
    on: everyFunction,
    reason:
      'A trace follows one request; here a batch of thousands goes on as another batch. Counters show where they stay.',
  },
  {
    id: 'Serverless-EventBusDLQ',
    on: /^ingest\/Upkeep\/Daily\/Resource$/,
    reason:
      'The event says nothing but that a day has passed; a missed day is an alarm, and partitions are made a week ahead.',
  },
  {
    id: 'Serverless-LambdaEventSourceMappingDestination',
    on: /^ingest\/(Sigfox|NBIoT)\/(Raw|Pulse)Worker\/SqsEventSource:\w+\/Resource$/,
    reason: 'SQS takes no such destination: the queue has its dead letters.',
  },
]
