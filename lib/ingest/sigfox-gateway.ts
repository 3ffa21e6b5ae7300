import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import type { Construct } from 'constructs'
import { setting } from '../../contract/settings.ts'
import type { Domain } from '../stage/stage.ts'
import type { GatewayProps } from './door.ts'
import { GatewayService } from './gateway-service.ts'
import type { Handler } from './handler.ts'

const port = 8081

/** The Sigfox door as containers: the load balancer terminates TLS with the certificate of the stage. */
export class SigfoxGateway extends GatewayService {
  /** Base URL of the callbacks. */
  readonly url: string
  /** No Lambda functions: it is watched as a gateway. */
  readonly functions: readonly Handler[] = []

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
      lane: 'sigfox',
      title: 'callback gateway',
      otherwise: 'Sigfox is told, tries three times more within 7 minutes, and then no more',
      senders: 'Sigfox callbacks',
      transport: { name: 'TLS', certificateArn: domain.certificateArn },
      publicPort: 443,
      port,
      environment: {
        [setting.httpPort]: String(port),
        [setting.sigfoxFields]: JSON.stringify(fields),
        [setting.sigfoxBatchColumns]: batchColumns,
        // By reference, read at run time: a token that ECS puts into the environment would outlive its rotation.
        [setting.sigfoxSecretArn]: secret.secretArn,
      },
      // If Secrets Manager has an endpoint in the network, its name resolves to that endpoint for the tasks too.
      ...(secretsClients && { groups: [secretsClients] }),
    })
    this.service.taskDefinition.taskRole.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [secret.secretArn] }),
    )
    this.url = `https://${domain.name}`
  }
}
