import { CfnOutput, Stack } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { setting } from '../../contract/settings.ts'
import type { Database } from '../data/database.ts'
import { operatorsAtOnce } from '../stage/connections.ts'
import type { Stage } from '../stage/stage.ts'
import type { NamedFunction } from '../watch/functions.ts'
import { Handler } from './handler.ts'

/**
 * What `npm run devices`, `replay` and `rejects` reach with `--stack`: a function beside the private database. It has no
 * URL and no route; whoever may invoke it by IAM (`lambda:InvokeFunction`) may operate.
 */
export class Operations extends Construct {
  readonly functions: readonly NamedFunction[]

  constructor(scope: Construct, id: string, { stage, database }: { stage: Stage; database: Database }) {
    super(scope, id)
    const size = { memoryMiB: 1_024, timeoutSeconds: 900 }
    const handler = new Handler(this, 'Operations', {
      stage,
      entry: 'lambdas/operations.ts',
      functionName: `${Stack.of(this).stackName}-operations`,
      ...size,
      maxConcurrency: operatorsAtOnce,
      environment: { [setting.defaultProfile]: stage.sigfox.defaultProfile },
      database: database.as('sluice_operator'),
    })
    this.functions = [{ name: 'Operations', handler, ...size }]
    new CfnOutput(this, 'Function', { value: handler.functionName })
  }
}
