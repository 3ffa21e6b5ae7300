import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { type CfnResource, CustomResourceProviderBase, type Stack } from 'aws-cdk-lib/core'
import { removal } from './stage/derived.ts'
import type { Stage } from './stage/stage.ts'

/**
 * Gives the functions that CDK adds for its custom resources a log group with a retention. Without one Lambda makes it at
 * the first run, for ever, and `destroy` leaves it behind. To be called when the stack is complete.
 */
export const keepProviderLogs = (stack: Stack, stage: Stage): void => {
  for (const provider of stack.node.children) {
    if (!(provider instanceof CustomResourceProviderBase)) continue
    const { logGroupName } = new LogGroup(provider, 'Logs', {
      retention: stage.logRetentionDays,
      removalPolicy: removal(stage),
    })
    const handler = provider.node.findChild('Handler') as CfnResource
    handler.addPropertyOverride('LoggingConfig', { LogGroup: logGroupName })
  }
}
