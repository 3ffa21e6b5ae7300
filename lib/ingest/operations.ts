import { CfnOutput, Stack } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { setting } from '../../contract/settings.ts'
import type { Database } from '../data/database.ts'
import { operatorsAtOnce, reserved } from '../stage/connections.ts'
import type { Stage } from '../stage/stage.ts'
import { Handler } from './handler.ts'

/**
 * The function beside the private database that `npm run devices`, `replay` and `rejects` invoke with `--stack`. It has no
 * URL and no route: operators need IAM's `lambda:InvokeFunction`.
 */
export class Operations extends Construct {
  readonly functions: readonly Handler[]

  constructor(scope: Construct, id: string, { stage, database }: { stage: Stage; database: Database }) {
    super(scope, id)
    const handler = new Handler(this, 'Operations', {
      stage,
      title: 'Operations',
      entry: 'lambdas/operations.ts',
      functionName: `${Stack.of(this).stackName}-operations`,
      memoryMiB: 1_024,
      timeoutSeconds: 900,
      ...reserved(stage, operatorsAtOnce),
      environment: { [setting.defaultProfile]: stage.sigfox.defaultProfile },
      database: database.as('sluice_operator'),
    })
    this.functions = [handler]
    new CfnOutput(this, 'Function', { value: handler.functionName })
  }
}
