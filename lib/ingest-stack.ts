import { Cluster, type ICluster } from 'aws-cdk-lib/aws-ecs'
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib/core'
import type { Construct } from 'constructs'
import type { DataStack } from './data-stack.ts'
import { HttpApi } from './ingest/http-api.ts'
import { Lane } from './ingest/lane.ts'
import { Operations } from './ingest/operations.ts'
import { ReadingApi } from './ingest/reading-api.ts'
import { SigfoxApi } from './ingest/sigfox-api.ts'
import { SigfoxGateway } from './ingest/sigfox-gateway.ts'
import { UdpGateway } from './ingest/udp-gateway.ts'
import { Upkeep } from './ingest/upkeep.ts'
import { keepProviderLogs } from './provider-logs.ts'
import type { Stage } from './stage/stage.ts'
import { Watch } from './watch/index.ts'

export interface IngestStackProps extends StackProps {
  stage: Stage
  data: DataStack
}

/** What may be replaced at any time: the doors, the workers, the reading API, and the watch over all of it. */
export class IngestStack extends Stack {
  constructor(scope: Construct, id: string, { stage, data, ...props }: IngestStackProps) {
    super(scope, id, { ...props, description: `Sluice ${stage.name}: what may be replaced` })
    const { database, network, frontDoor, topics, sigfoxSecret: secret } = data

    const http = new HttpApi(this, 'Http', { stage })
    const cluster = new Cluster(this, 'Gateways', { vpc: network.vpc }) as ICluster
    const gatewayProps = { stage, network, frontDoor, cluster }

    const { callbacks: domain } = stage.domains
    const rawTopic = topics.sigfox.raw
    const sigfox =
      stage.sigfoxDoor === 'container' && domain
        ? new SigfoxGateway(this, 'CallbackGateway', { ...gatewayProps, rawTopic }, { secret, domain })
        : new SigfoxApi(this, 'SigfoxApi', { stage, http, secret, rawTopic })
    const udp = new UdpGateway(this, 'UdpGateway', { ...gatewayProps, rawTopic: topics.nbiot.raw })

    const upkeep = new Upkeep(this, 'Upkeep', { stage, database })
    const followers = [
      new Lane(this, 'Sigfox', { stage, lane: 'sigfox', topics: topics.sigfox, database, network }),
      new Lane(this, 'NBIoT', { stage, lane: 'nbiot', topics: topics.nbiot, database, network }),
      new ReadingApi(this, 'ReadingApi', { stage, http, database }),
      new Operations(this, 'Operations', { stage, database }),
    ]
    upkeep.precedes(...followers)

    new Watch(this, 'Watch', {
      stage,
      topics: [topics.sigfox.raw, topics.sigfox.pulse, topics.nbiot.raw, topics.nbiot.pulse],
      http,
      balancer: frontDoor.balancer,
      gateways: sigfox instanceof SigfoxGateway ? [udp, sigfox] : [udp],
      functions: [sigfox, ...followers].flatMap((one) => one.functions),
      upkeep: upkeep.function,
      database,
      zones: network.vpc.availabilityZones,
    })

    keepProviderLogs(this, stage)

    new CfnOutput(this, 'SigfoxCallbackUrl', { value: `${sigfox.url}/sigfox/uplink` })
    new CfnOutput(this, 'SigfoxBatchUrl', { value: `${sigfox.url}/sigfox/batch` })
    new CfnOutput(this, 'SigfoxSecretArn', { value: secret.secretArn })
    new CfnOutput(this, 'UdpAddress', { value: udp.address })
    new CfnOutput(this, 'ApiUrl', { value: `${http.url}/v1` })
  }
}
