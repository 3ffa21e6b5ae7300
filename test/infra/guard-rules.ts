import { every, everyContainer, inward, type Named, of, refersTo, statements, type Template } from './guard-template.ts'

/** A rule that every template must keep. The two packs of cdk-nag check few of these. */
export interface Rule {
  readonly name: string
  /** What would happen otherwise. */
  readonly because: string
  /** Ids of the resources that break it. */
  readonly broken: (template: Template) => string[]
}

const isWide = (rule: Named[1]) => /^(0\.0\.0\.0\/0|::\/0)$/.test(String(rule.CidrIp ?? rule.CidrIpv6))

/** What may be open to every address: the port of the UDP gateway, and that of the Sigfox gateway. */
const isDoor = ({ IpProtocol, FromPort, ToPort }: Named[1]) =>
  FromPort === ToPort && ['udp 5683', 'tcp 443'].includes(`${IpProtocol} ${FromPort}`)

/** The doors are rules of their own on the group of the load balancer, never of a group of tasks. */
const isRuleOfDoor = ({ Resources }: Template, id: string) => Resources[id]?.Type === 'AWS::EC2::SecurityGroupIngress'

const allowsAll = ({ Effect, Principal, Condition }: Named[1]) =>
  Effect === 'Allow' && !Condition && (Principal === '*' || Principal?.AWS === '*')

/** True if a policy of the resource denies requests without TLS. */
const isTlsOnly = (policyType: string, key: string) => (_: Named[1], id: string, template: Template) =>
  of(template, policyType).some(
    ([, policy]) =>
      refersTo(policy[key], id) &&
      statements(policy).some(
        ({ Effect, Condition }) => Effect === 'Deny' && Condition?.Bool?.['aws:SecureTransport'] === 'false',
      ),
  )

/** Functions that CDK adds have another handler. */
const isOurs = (properties: Named[1]) => properties.Handler === 'index.handler'

const secretWords = /password|secret(?!.*arn)|token|private_?key/i

export const rules: readonly Rule[] = [
  {
    name: 'a container is not root',
    because: 'an intruder who breaks out of a root process is root on the host',
    broken: everyContainer(({ User }) => /^[1-9]\d*(:[1-9]\d*)?$/.test(String(User))),
  },
  {
    name: 'a container cannot write its root file system',
    because: 'files of an intruder would still be there for the next request',
    broken: everyContainer(({ ReadonlyRootFilesystem }) => ReadonlyRootFilesystem === true),
  },
  {
    name: 'a container has no capability and no privilege',
    because: 'no gateway binds a low port or touches a device',
    broken: everyContainer(
      ({ LinuxParameters, Privileged }) => LinuxParameters?.Capabilities?.Drop?.includes('ALL') && !Privileged,
    ),
  },
  {
    name: 'a container has an init and time to stop',
    because: 'a stop signal that does not arrive, or too little time after it, loses the datagrams in memory',
    broken: everyContainer(
      ({ LinuxParameters, StopTimeout }) => LinuxParameters?.InitProcessEnabled === true && StopTimeout >= 120,
    ),
  },
  {
    name: 'ECS Exec is off',
    because: 'a shell in a task is a way in that no network rule shows',
    broken: every('AWS::ECS::Service', ({ EnableExecuteCommand }) => EnableExecuteCommand !== true),
  },
  {
    name: 'only the doors are open to every address',
    because: 'UDP 5683 is for meters and TCP 443 for callbacks, at the load balancer; tasks are for its group only',
    broken: (template) =>
      inward(template)
        .filter(([id, rule]) => isWide(rule) && !(isDoor(rule) && isRuleOfDoor(template, id)))
        .map(([id]) => id),
  },
  {
    name: 'a rule names a protocol and a port',
    because: 'protocol -1 lets in everything, whatever port is given',
    broken: (template) =>
      inward(template)
        .filter(([, { IpProtocol, FromPort }]) => String(IpProtocol) === '-1' || FromPort === undefined)
        .map(([id]) => id),
  },
  {
    name: 'a target group lets flows end before it cuts them',
    because: 'below 120 s the load balancer cuts devices off while their task still reads',
    broken: every('AWS::ElasticLoadBalancingV2::TargetGroup', ({ TargetGroupAttributes = [], HealthCheckProtocol }) => {
      const delay = TargetGroupAttributes.find(
        ({ Key }: { Key: string }) => Key === 'deregistration_delay.timeout_seconds',
      )
      return Number(delay?.Value) >= 120 && HealthCheckProtocol === 'HTTP'
    }),
  },
  {
    name: 'a queue has dead letters, or is a dead-letter queue',
    because: 'SQS would delete a pack after its last try',
    broken: every(
      'AWS::SQS::Queue',
      ({ RedrivePolicy }, id, template) =>
        RedrivePolicy?.deadLetterTargetArn !== undefined ||
        of(template, 'AWS::SQS::Queue').some(([, other]) => refersTo(other.RedrivePolicy ?? null, id)),
    ),
  },
  {
    name: 'dead letters are kept longer than waiting packs',
    because: 'a dead letter keeps its first enqueue time, so with equal retention it would be lost',
    broken: every('AWS::SQS::Queue', ({ RedrivePolicy, MessageRetentionPeriod }, _, template) => {
      if (!RedrivePolicy) return true
      const letters = of(template, 'AWS::SQS::Queue').find(([id]) => refersTo(RedrivePolicy, id))
      return letters?.[1].MessageRetentionPeriod > MessageRetentionPeriod
    }),
  },
  {
    name: 'a mapping never gives up, and reports failed records',
    because:
      'a fixed number of tries cannot tell a bad record from an outage, and without the report a batch succeeds or fails as a whole',
    broken: every(
      'AWS::Lambda::EventSourceMapping',
      ({ FunctionResponseTypes, StartingPosition, MaximumRetryAttempts, MaximumRecordAgeInSeconds, ...mapping }) =>
        FunctionResponseTypes?.includes('ReportBatchItemFailures') &&
        (StartingPosition === undefined ||
          (StartingPosition === 'TRIM_HORIZON' &&
            MaximumRetryAttempts === -1 &&
            MaximumRecordAgeInSeconds === -1 &&
            mapping.BisectBatchOnFunctionError === true &&
            mapping.DestinationConfig?.OnFailure?.Destination !== undefined)),
    ),
  },
  {
    name: 'a log group has a retention',
    because: 'without one, logs are kept and billed for ever',
    broken: every('AWS::Logs::LogGroup', ({ RetentionInDays }) => RetentionInDays > 0),
  },
  {
    name: 'a function, also one that CDK adds, has a log group of the template',
    because: 'Lambda would make one at the first run that is kept for ever and that destroy leaves behind',
    broken: every('AWS::Lambda::Function', ({ LoggingConfig }) => LoggingConfig?.LogGroup?.Ref !== undefined),
  },
  {
    name: 'an alarm has a receiver, a link to the runbook, and a meaning for missing data',
    because: 'the person whom it wakes must know what to do',
    broken: every(
      'AWS::CloudWatch::Alarm',
      ({ AlarmDescription, AlarmActions, TreatMissingData }) =>
        /Runbook: docs\/runbook\.md#r\d+-/.test(AlarmDescription) &&
        AlarmActions?.length > 0 &&
        ['breaching', 'notBreaching'].includes(TreatMissingData),
    ),
  },
  {
    name: 'a bucket is private, encrypted, and requires TLS',
    because: 'failed records are messages of people',
    broken: every('AWS::S3::Bucket', (properties, id, template) => {
      const { PublicAccessBlockConfiguration: block = {}, BucketEncryption, AccessControl } = properties
      const isBlocked = ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'].every(
        (name) => block[name] === true,
      )
      const isTls = isTlsOnly('AWS::S3::BucketPolicy', 'Bucket')(properties, id, template)
      return isBlocked && BucketEncryption && !AccessControl && isTls
    }),
  },
  {
    name: 'queues and streams are encrypted, and queues require TLS',
    because: 'packs hold messages of people too',
    broken: (template) => [
      ...every(
        'AWS::SQS::Queue',
        (properties, id) =>
          (properties.SqsManagedSseEnabled === true || properties.KmsMasterKeyId) &&
          isTlsOnly('AWS::SQS::QueuePolicy', 'Queues')(properties, id, template),
      )(template),
      ...every('AWS::Kinesis::Stream', ({ StreamEncryption }) => StreamEncryption?.EncryptionType === 'KMS')(template),
    ],
  },
  {
    name: 'no policy allows every principal',
    because: 'a queue, topic, secret or role open to every principal is a door without a watch',
    broken: every(
      [
        'AWS::SQS::QueuePolicy',
        'AWS::SNS::TopicPolicy',
        'AWS::S3::BucketPolicy',
        'AWS::SecretsManager::ResourcePolicy',
        'AWS::IAM::Role',
      ],
      (policy) => !statements(policy).some(allowsAll),
    ),
  },
  {
    name: 'a database has no public address, is encrypted, forces TLS, and uses tokens instead of passwords',
    because: 'it holds every message and reading',
    broken: (template) => [
      ...every(
        'AWS::RDS::DBInstance',
        ({ PubliclyAccessible, StorageEncrypted, EnableIAMDatabaseAuthentication, MasterUserPassword }) =>
          PubliclyAccessible === false && StorageEncrypted && EnableIAMDatabaseAuthentication && !MasterUserPassword,
      )(template),
      ...every('AWS::RDS::DBParameterGroup', ({ Parameters }) => Parameters?.['rds.force_ssl'] === '1')(template),
    ],
  },
  {
    name: 'a route of the API has an authorizer',
    because: 'an API is open by default',
    broken: every(
      'AWS::ApiGatewayV2::Route',
      ({ AuthorizationType }) => AuthorizationType === 'CUSTOM' || AuthorizationType === 'AWS_IAM',
    ),
  },
  {
    name: 'a function of ours has no URL and has a timeout',
    because: 'a function URL would be one more door, without limits or an access log',
    broken: (template) => [
      ...of(template, 'AWS::Lambda::Url').map(([id]) => id),
      ...every('AWS::Lambda::Function', (properties) => !isOurs(properties) || properties.Timeout <= 900)(template),
    ],
  },
  {
    name: 'no environment holds a secret',
    because: 'environments are shown in the console and stored in templates',
    broken: (template) => {
      const isSecret = ([name, value]: [string, unknown]) => secretWords.test(name) && typeof value === 'string'
      const ofTask = ({ ContainerDefinitions }: Named[1]) =>
        ContainerDefinitions.flatMap(({ Environment = [] }: Named[1]) =>
          Environment.map(({ Name, Value }: { Name: string; Value: unknown }) => [Name, Value]),
        )
      return [
        ...every(
          'AWS::Lambda::Function',
          ({ Environment }) => !Object.entries(Environment?.Variables ?? {}).some(isSecret),
        )(template),
        ...every('AWS::ECS::TaskDefinition', (task) => !ofTask(task).some(isSecret))(template),
      ]
    },
  },
]
