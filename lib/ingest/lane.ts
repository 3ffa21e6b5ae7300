import { Construct } from 'constructs'
import { setting } from '../../contract/settings.ts'
import type { Database } from '../data/database.ts'
import type { Network } from '../data/network.ts'
import type { LaneTopics } from '../data-stack.ts'
import { reservedConcurrency } from '../stage/connections.ts'
import { metricsNamespace } from '../stage/derived.ts'
import type { Stage } from '../stage/stage.ts'
import type { NamedFunction } from '../watch/functions.ts'
import { Handler } from './handler.ts'

export interface LaneProps {
  stage: Stage
  lane: 'sigfox' | 'nbiot'
  topics: LaneTopics
  database: Database
  network: Network
}

/** What follows a door: the raw worker, which stores and passes on, and the pulse worker, which makes readings. */
export class Lane extends Construct {
  readonly functions: NamedFunction[]

  constructor(scope: Construct, id: string, { stage, lane, topics, database, network }: LaneProps) {
    super(scope, id)
    const access = database.as('sluice_app')

    const raw = new Handler(this, 'RawWorker', {
      stage,
      entry: 'lambdas/raw-worker.ts',
      memoryMiB: stage.raw.memoryMiB,
      timeoutSeconds: stage.raw.timeoutSeconds,
      ...reservedConcurrency(stage, stage.raw),
      environment: {
        [setting.lane]: lane,
        [setting.pulseTopicUrl]: topics.pulse.address,
        [setting.metricsNamespace]: metricsNamespace(stage),
      },
      database: access,
      securityGroups: [network.busClients],
    })
    topics.pulse.grantPublish(raw)
    const rawMapping = topics.raw.feed(raw, stage.raw)

    const pulse = new Handler(this, 'PulseWorker', {
      stage,
      entry: 'lambdas/pulse-worker.ts',
      memoryMiB: stage.pulse.memoryMiB,
      timeoutSeconds: stage.pulse.timeoutSeconds,
      ...reservedConcurrency(stage, stage.pulse),
      environment: {
        [setting.lane]: lane,
        // Of Sigfox devices, on both lanes: a worker also replays what one of the other lane has left.
        [setting.defaultProfile]: stage.sigfox.defaultProfile,
        [setting.metricsNamespace]: metricsNamespace(stage),
      },
      database: access,
    })
    const pulseMapping = topics.pulse.feed(pulse, stage.pulse)
    this.functions = [
      { name: `Raw worker of ${lane}`, handler: raw, mappingId: rawMapping, passesOn: true, ...stage.raw },
      { name: `Pulse worker of ${lane}`, handler: pulse, mappingId: pulseMapping, ...stage.pulse },
    ]
  }
}
