import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import type { Construct } from 'constructs'
import { setting } from '../../contract/settings.ts'
import type { Domain } from '../stage/stage.ts'
import type { NamedFunction } from '../watch/functions.ts'
import { type GatewayProps, GatewayService } from './gateway-service.ts'

const port = 8081

/** The Sigfox door as a container: the load balancer ends TLS with the certificate of the stage. */
export class CallbackGateway extends GatewayService {
  /** Where the callbacks go, without their path. */
  readonly url: string
  /** None of Lambda: it is watched as a service. */
  readonly functions: NamedFunction[] = []

  constructor(
    scope: Construct,
    id: string,
    props: GatewayProps,
    { secret, domain }: { secret: Secret; domain: Domain },
  ) {
    const { fields, batchColumns } = props.stage.sigfox
    const { secretsClients } = props.network
    super(scope, id, props, {
      room: 'http-gateway',
      name: 'Sigfox callbacks',
      publicPort: 443,
      port,
      certificateArn: domain.certificateArn,
      environment: {
        [setting.httpPort]: String(port),
        [setting.sigfoxFields]: JSON.stringify(fields),
        [setting.sigfoxBatchColumns]: batchColumns,
        // By reference, and read while it runs: a token that ECS put into the environment would outlive its rotation.
        [setting.sigfoxSecretArn]: secret.secretArn,
      },
      // Where Secrets Manager has an endpoint, its name leads there from everywhere in the network.
      ...(secretsClients && { groups: [secretsClients] }),
    })
    this.service.taskDefinition.taskRole.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [secret.secretArn] }),
    )
    this.url = `https://${domain.name}`
  }
}
