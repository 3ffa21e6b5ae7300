import { CfnOutput, Stack } from 'aws-cdk-lib/core'
import type { Construct } from 'constructs'
import type { DataStack } from './data-stack.ts'
import { HttpDoor } from './http-door.ts'
import { Lane } from './lane.ts'
import { Operations } from './operations.ts'
import { ReadingApi } from './reading-api.ts'
import { SigfoxApi } from './sigfox-api.ts'
import type { Stage } from './stage.ts'
import { UdpGateway } from './udp-gateway.ts'
import { Upkeep } from './upkeep.ts'
import { Watch } from './watch.ts'

/** What may be replaced at any time: the doors, the workers and the reading API. */
export class IngestStack extends Stack {
  constructor(scope: Construct, id: string, { stage, data }: { stage: Stage; data: DataStack }) {
    super(scope, id, { description: `Sluice ${stage.name}: what may be replaced` })
    const { database, network, sigfoxSecret } = data

    const door = new HttpDoor(this, 'Http', { stage })
    const { api: http } = door

    const sigfox = new SigfoxApi(this, 'SigfoxApi', { stage, http, secret: sigfoxSecret, rawTopic: data.sigfox.raw })
    const gateway = new UdpGateway(this, 'UdpGateway', { stage, network, rawTopic: data.nbiot.raw })

    const upkeep = new Upkeep(this, 'Upkeep', { stage, database })
    const followers = [
      new Lane(this, 'Sigfox', {
        stage,
        lane: 'sigfox',
        topics: data.sigfox,
        database,
        network,
        defaultProfile: stage.sigfox.defaultProfile,
      }),
      // A datagram says by itself which kind of device sent it.
      new Lane(this, 'NBIoT', { stage, lane: 'nbiot', topics: data.nbiot, database, network, defaultProfile: '' }),
      new ReadingApi(this, 'ReadingApi', { stage, http, database }),
      new Operations(this, 'Operations', { stage, database }),
    ]
    upkeep.precedes(...followers)

    const functions = [sigfox, ...followers].flatMap((one) => one.functions)
    new Watch(this, 'Watch', { stage, data, http: door, gateway, functions, upkeep: upkeep.function })

    new CfnOutput(this, 'SigfoxCallbackUrl', { value: `${http.apiEndpoint}/sigfox/uplink` })
    new CfnOutput(this, 'SigfoxBatchUrl', { value: `${http.apiEndpoint}/sigfox/batch` })
    new CfnOutput(this, 'SigfoxSecretArn', { value: sigfoxSecret.secretArn })
    new CfnOutput(this, 'UdpAddress', { value: gateway.address })
    new CfnOutput(this, 'ApiUrl', { value: `${http.apiEndpoint}/v1` })
  }
}
