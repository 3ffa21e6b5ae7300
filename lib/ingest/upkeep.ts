import { join } from 'node:path'
import { Rule, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import { Duration } from 'aws-cdk-lib/core'
import { Trigger } from 'aws-cdk-lib/triggers'
import { Construct } from 'constructs'
import { setting } from '../../contract/settings.ts'
import type { Database } from '../data/database.ts'
import type { Stage } from '../stage/stage.ts'
import type { NamedFunction } from '../watch/functions.ts'
import { Handler } from './handler.ts'

/** Upkeep may fail for a week before a message finds no partition. */
const partitionDaysAhead = 7

/**
 * Migrations, partitions and what is left to do, at every deployment that changes them and once a day. The SQL files lie
 * in the bundle, so a new migration is a new version of this function, which the deployment then runs; if it fails, so
 * does the deployment.
 */
export class Upkeep extends Construct {
  readonly function: NamedFunction
  private readonly atDeploy: Trigger

  constructor(scope: Construct, id: string, { stage, database }: { stage: Stage; database: Database }) {
    super(scope, id)
    const timeout = Duration.minutes(15)
    const size = { memoryMiB: 512, timeoutSeconds: timeout.toSeconds() }
    const upkeep = new Handler(this, 'Upkeep', {
      stage,
      entry: 'lambdas/upkeep.ts',
      ...size,
      environment: {
        [setting.partitionDaysBack]: String(stage.rawRetentionDays),
        [setting.partitionDaysAhead]: String(partitionDaysAhead),
        [setting.readingRetentionDays]: String(stage.readingRetentionDays),
        [setting.defaultProfile]: stage.sigfox.defaultProfile,
      },
      database: database.as('sluice_owner'),
      commandHooks: {
        beforeBundling: () => [],
        beforeInstall: () => [],
        afterBundling: (inputDir, outputDir) => [`cp -R '${join(inputDir, 'db')}' '${join(outputDir, 'db')}'`],
      },
    })
    this.function = { name: 'Upkeep', handler: upkeep, ...size }
    this.atDeploy = new Trigger(this, 'AtDeploy', { handler: upkeep, timeout })
    new Rule(this, 'Daily', { schedule: Schedule.rate(Duration.days(1)), targets: [new LambdaFunction(upkeep)] })
  }

  /** Nothing in these is created or changed before the schema is. */
  precedes(...constructs: Construct[]) {
    this.atDeploy.executeBefore(...constructs)
  }
}
