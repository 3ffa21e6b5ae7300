import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import { Construct } from 'constructs'
import type { Database } from '../data/database.ts'
import type { Stage } from '../stage/stage.ts'
import type { NamedFunction } from '../watch/functions.ts'
import { Handler } from './handler.ts'
import type { HttpDoor } from './http-api.ts'

/** Reading back: `GET /v1/…`, for callers whose IAM identity may invoke it. */
export class ReadingApi extends Construct {
  readonly functions: NamedFunction[]

  constructor(
    scope: Construct,
    id: string,
    { stage, http, database }: { stage: Stage; http: HttpDoor; database: Database },
  ) {
    super(scope, id)
    const api = new Handler(this, 'Api', {
      stage,
      entry: 'lambdas/api.ts',
      ...stage.api,
      database: database.as('sluice_reader'),
    })
    http.addRoute(HttpMethod.GET, stage.throttle.readings, {
      path: '/v1/{proxy+}',
      integration: new HttpLambdaIntegration('ReadingApi', api),
      authorizer: new HttpIamAuthorizer(),
    })
    this.functions = [{ name: 'Reading API', handler: api, ...stage.api }]
  }
}
