import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import { Stack, type StackProps } from 'aws-cdk-lib/core'
import type { Construct } from 'constructs'
import { Database } from './data/database.ts'
import { FrontDoor } from './data/front-door.ts'
import { Network } from './data/network.ts'
import type { Topic } from './data/topic.ts'
import { topicsOf } from './data/topics.ts'
import { removal } from './stage/derived.ts'
import type { Stage } from './stage/stage.ts'

/** The two topics of a lane. */
export interface LaneTopics {
  raw: Topic
  pulse: Topic
}

/** What must survive: the database, what waits in the topics, the callback's secret, the address of the fleet, and the network they stand in. */
export class DataStack extends Stack {
  readonly network: Network
  readonly frontDoor: FrontDoor
  readonly database: Database
  readonly sigfoxSecret: Secret
  readonly sigfox: LaneTopics
  readonly nbiot: LaneTopics

  constructor(scope: Construct, id: string, { stage, ...props }: StackProps & { stage: Stage }) {
    super(scope, id, {
      ...props,
      description: `Sluice ${stage.name}: what must survive`,
      terminationProtection: stage.keepData,
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
    const topic = topicsOf(this, stage)
    this.sigfox = {
      raw: topic('ProcessRawDataSigfox', stage.raw),
      pulse: topic('ProcessPulseDataSigfox', stage.pulse),
    }
    this.nbiot = {
      raw: topic('ProcessRawDataNBIoT', stage.raw),
      pulse: topic('ProcessPulseDataNBIoT', stage.pulse),
    }
  }
}
