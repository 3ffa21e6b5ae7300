import { Rule, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import { Duration } from 'aws-cdk-lib/core'
import { Trigger } from 'aws-cdk-lib/triggers'
import { Construct } from 'constructs'
import { setting } from '../../contract/settings.ts'
import type { Database } from '../data/database.ts'
import type { Stage } from '../stage/stage.ts'
import { Handler } from './handler.ts'

/** Upkeep may fail for a week before a message has no partition. */
const partitionDaysAhead = 7

/**
 * Runs migrations, makes partitions and finishes unfinished work: once a day, and at every deployment that changes this
 * function. The SQL files are in its bundle, so a new migration changes it and the deployment runs it. If it fails, the
 * deployment fails.
 */
export class Upkeep extends Construct {
  readonly function: Handler
  private readonly atDeploy: Trigger

  constructor(scope: Construct, id: string, { stage, database }: { stage: Stage; database: Database }) {
    super(scope, id)
    const timeout = Duration.minutes(15)
    const upkeep = new Handler(this, 'Upkeep', {
      stage,
      title: 'Upkeep',
      entry: 'lambdas/upkeep.ts',
      memoryMiB: 512,
      timeoutSeconds: timeout.toSeconds(),
      environment: {
        [setting.partitionDaysBack]: String(stage.rawRetentionDays),
        [setting.partitionDaysAhead]: String(partitionDaysAhead),
        [setting.readingRetentionDays]: String(stage.readingRetentionDays),
        [setting.defaultProfile]: stage.sigfox.defaultProfile,
      },
      database: database.as('sluice_owner'),
      folders: ['db'],
    })
    this.function = upkeep
    this.atDeploy = new Trigger(this, 'AtDeploy', { handler: upkeep, timeout })
    new Rule(this, 'Daily', { schedule: Schedule.rate(Duration.days(1)), targets: [new LambdaFunction(upkeep)] })
  }

  /** Nothing in these constructs is created or changed before the schema is. */
  precedes(...constructs: Construct[]) {
    this.atDeploy.executeBefore(...constructs)
  }
}
