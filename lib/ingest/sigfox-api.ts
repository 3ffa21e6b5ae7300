import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpLambdaAuthorizer, HttpLambdaResponseType } from 'aws-cdk-lib/aws-apigatewayv2-authorizers'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import { Duration } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { callbackPaths } from '../../contract/callback-paths.ts'
import { setting } from '../../contract/settings.ts'
import type { Topic } from '../data/topic.ts'
import type { Stage } from '../stage/stage.ts'
import { Handler } from './handler.ts'
import type { HttpApi } from './http-api.ts'

export interface SigfoxApiProps {
  stage: Stage
  http: HttpApi
  secret: Secret
  rawTopic: Topic
}

/** The Sigfox door as functions: two routes of the HTTP API, closed to callbacks without a token of the secret. */
export class SigfoxApi extends Construct {
  readonly functions: readonly Handler[]
  /** Base URL of the callbacks. */
  readonly url: string

  constructor(scope: Construct, id: string, { stage, http, secret, rawTopic }: SigfoxApiProps) {
    super(scope, id)
    // Sigfox hangs up after 10 s and tries three more times: the two timeouts together stay below that.
    const authorizer = new Handler(this, 'Authorizer', {
      stage,
      title: 'Sigfox authorizer',
      entry: 'lambdas/sigfox-authorizer.ts',
      memoryMiB: 256,
      timeoutSeconds: 2,
      environment: { [setting.sigfoxSecretArn]: secret.secretArn },
    })
    authorizer.addToRolePolicy(
      new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [secret.secretArn] }),
    )

    const callback = new Handler(this, 'Callback', {
      stage,
      title: 'Sigfox callback',
      entry: 'lambdas/sigfox-callback.ts',
      memoryMiB: 256,
      timeoutSeconds: 7,
      environment: {
        [setting.rawTopicUrl]: rawTopic.address,
        [setting.sigfoxFields]: JSON.stringify(stage.sigfox.fields),
        [setting.sigfoxBatchColumns]: stage.sigfox.batchColumns,
      },
    })
    callback.publishTo(rawTopic)

    // The route is part of the cache key, so an answer cached for one route never opens another.
    const closed = new HttpLambdaAuthorizer('SigfoxAuthorizer', authorizer, {
      responseTypes: [HttpLambdaResponseType.SIMPLE],
      identitySource: ['$request.header.Authorization', '$context.routeKey'],
      resultsCacheTtl: Duration.minutes(5),
    })
    const integration = new HttpLambdaIntegration('SigfoxCallback', callback)
    for (const path of callbackPaths) {
      http.addRoute(HttpMethod.POST, stage.throttle.callbacks, { path, integration, authorizer: closed })
    }
    this.url = http.url
    this.functions = [authorizer, callback]
  }
}
