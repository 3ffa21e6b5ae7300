import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import { Stack, type StackProps } from 'aws-cdk-lib/core'
import type { Construct } from 'constructs'
import { Database } from './data/database.ts'
import { FrontDoor } from './data/front-door.ts'
import { Network } from './data/network.ts'
import type { LaneName, LaneTopics } from './data/topic.ts'
import { topicsOf } from './data/topics.ts'
import { keepProviderLogs } from './provider-logs.ts'
import { removal } from './stage/derived.ts'
import type { Stage } from './stage/stage.ts'

/** What must survive: the network, the address that meters send to, the database, the callback's secret, and the topics. */
export class DataStack extends Stack {
  readonly network: Network
  readonly frontDoor: FrontDoor
  readonly database: Database
  readonly sigfoxSecret: Secret
  readonly topics: Record<LaneName, LaneTopics>

  constructor(scope: Construct, id: string, { stage, ...props }: StackProps & { stage: Stage }) {
    super(scope, id, {
      ...props,
      description: `Sluice ${stage.name}: what must survive`,
      terminationProtection: stage.protected,
    })
    this.network = new Network(this, 'Network', { stage })
    this.frontDoor = new FrontDoor(this, 'FrontDoor', { stage, network: this.network })
    this.database = new Database(this, 'Database', { stage, network: this.network })
    this.sigfoxSecret = new Secret(this, 'SigfoxToken', {
      description: 'Tokens of the Sigfox callback: "current", and by hand "next" while one is replaced by another',
      generateSecretString: {
        secretStringTemplate: '{}',
        generateStringKey: 'current',
        passwordLength: 40,
        excludePunctuation: true,
      },
      removalPolicy: removal(stage),
    })
    this.topics = topicsOf(this, stage)
    keepProviderLogs(this, stage)
  }
}
