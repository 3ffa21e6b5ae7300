import { Construct } from 'constructs'
import { setting } from '../../contract/settings.ts'
import type { Database } from '../data/database.ts'
import type { Network } from '../data/network.ts'
import type { LaneName, LaneTopics } from '../data/topic.ts'
import { reservedForWorker } from '../stage/connections.ts'
import { metricsNamespace } from '../stage/derived.ts'
import type { Stage } from '../stage/stage.ts'
import { Handler } from './handler.ts'

export interface LaneProps {
  stage: Stage
  lane: LaneName
  topics: LaneTopics
  database: Database
  network: Network
}

/** The steps behind a door: the raw worker stores messages and passes them on, the pulse worker makes readings. */
export class Lane extends Construct {
  readonly functions: readonly Handler[]

  constructor(scope: Construct, id: string, { stage, lane, topics, database, network }: LaneProps) {
    super(scope, id)
    const access = database.as('sluice_app')

    const raw = new Handler(this, 'RawWorker', {
      stage,
      title: `Raw worker of ${lane}`,
      entry: 'lambdas/raw-worker.ts',
      memoryMiB: stage.raw.memoryMiB,
      timeoutSeconds: stage.raw.timeoutSeconds,
      ...reservedForWorker(stage, stage.raw),
      environment: {
        [setting.lane]: lane,
        [setting.pulseTopicUrl]: topics.pulse.address,
        [setting.metricsNamespace]: metricsNamespace(stage),
      },
      database: access,
      securityGroups: [network.busClients],
    })
    raw.publishTo(topics.pulse)
    raw.readFrom(topics.raw, stage.raw)

    const pulse = new Handler(this, 'PulseWorker', {
      stage,
      title: `Pulse worker of ${lane}`,
      entry: 'lambdas/pulse-worker.ts',
      memoryMiB: stage.pulse.memoryMiB,
      timeoutSeconds: stage.pulse.timeoutSeconds,
      ...reservedForWorker(stage, stage.pulse),
      environment: {
        [setting.lane]: lane,
        // Sigfox devices' default, yet on both lanes: a worker also runs replays that the other lane has left.
        [setting.defaultProfile]: stage.sigfox.defaultProfile,
        [setting.metricsNamespace]: metricsNamespace(stage),
      },
      database: access,
    })
    pulse.readFrom(topics.pulse, stage.pulse)
    this.functions = [raw, pulse]
  }
}
