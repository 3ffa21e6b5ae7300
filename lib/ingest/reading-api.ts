import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import { Construct } from 'constructs'
import type { Database } from '../data/database.ts'
import { reserved } from '../stage/connections.ts'
import type { Stage } from '../stage/stage.ts'
import { Handler } from './handler.ts'
import type { HttpApi } from './http-api.ts'

/** `GET /v1/…`: reads stored data, for callers whose IAM identity may invoke it. */
export class ReadingApi extends Construct {
  readonly functions: readonly Handler[]

  constructor(
    scope: Construct,
    id: string,
    { stage, http, database }: { stage: Stage; http: HttpApi; database: Database },
  ) {
    super(scope, id)
    const api = new Handler(this, 'Api', {
      stage,
      title: 'Reading API',
      entry: 'lambdas/api.ts',
      memoryMiB: stage.api.memoryMiB,
      timeoutSeconds: stage.api.timeoutSeconds,
      ...reserved(stage, stage.api.maxConcurrency),
      database: database.as('sluice_reader'),
    })
    http.addRoute(HttpMethod.GET, stage.throttle.readings, {
      path: '/v1/{proxy+}',
      integration: new HttpLambdaIntegration('ReadingApi', api),
      authorizer: new HttpIamAuthorizer(),
    })
    this.functions = [api]
  }
}
