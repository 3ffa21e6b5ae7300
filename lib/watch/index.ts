import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import { Aws } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import type { DataStack } from '../data-stack.ts'
import type { HttpDoor } from '../ingest/http-api.ts'
import type { CallbackGateway } from '../ingest/sigfox-gateway.ts'
import type { UdpGateway } from '../ingest/udp-gateway.ts'
import type { Stage } from '../stage/stage.ts'
import { costSymptom } from './cost.ts'
import { dashboard } from './dashboard.ts'
import { databaseSymptoms } from './database.ts'
import { functionSymptoms, type NamedFunction, throttleSymptom, upkeepSymptoms } from './functions.ts'
import { datagramSymptoms, gatewaySymptoms, type NamedGateway } from './gateway.ts'
import { certificateSymptoms, containerSymptom, deniedCallbacks, httpSymptoms, tokenSymptom } from './http.ts'
import { rejectSymptoms, silenceSymptoms } from './messages.ts'
import { lanes, own } from './metric.ts'
import { alarmOf } from './symptom.ts'
import { namedTopics, topicSymptoms } from './topics.ts'

/** All that is watched. */
export interface WatchProps {
  stage: Stage
  data: DataStack
  http: HttpDoor
  gateway: UdpGateway
  /** Where a container takes the callbacks. */
  callbacks: CallbackGateway | null
  functions: readonly NamedFunction[]
  upkeep: NamedFunction
}

/** Alarms on everything that is deployed, each with the place in the runbook that it leads to, and one dashboard. */
export class Watch extends Construct {
  constructor(scope: Construct, id: string, props: WatchProps) {
    super(scope, id)
    const { stage, data, http, callbacks, functions, upkeep } = props
    const topics = namedTopics(data)
    const gateways = namedGateways(props)
    const denied = callbacks ? own(stage, ['sigfox', 'door'], 'denied') : deniedCallbacks(this, stage, http)
    const zones = data.network.vpc.availabilityZones
    const symptoms = [
      ...topics.flatMap(topicSymptoms),
      ...lanes.flatMap((lane) => rejectSymptoms(stage, lane)),
      ...functions.flatMap((one) => functionSymptoms(stage.bus, one)),
      throttleSymptom(),
      ...upkeepSymptoms(upkeep),
      ...httpSymptoms(http),
      tokenSymptom(denied),
      ...(callbacks ? [containerSymptom(stage)] : []),
      ...certificateSymptoms(stage),
      ...gateways.flatMap((one) => gatewaySymptoms(stage, one, zones)),
      ...datagramSymptoms(stage, props.gateway),
      ...databaseSymptoms(stage, data.database),
      ...silenceSymptoms(stage),
      costSymptom(stage, functions),
    ]
    const listeners = alarmTopic(this, stage)
    const alarms = symptoms.map((symptom) => alarmOf(this, stage, symptom, listeners))
    dashboard(this, { stage, data, http, gateways, functions, topics, denied, alarms })
  }
}

const namedGateways = ({ gateway, callbacks }: WatchProps): NamedGateway[] => [
  { name: 'UDP gateway', lane: 'nbiot', gateway, otherwise: 'datagrams are lost, because no device is told' },
  ...(callbacks
    ? [
        {
          name: 'callback gateway',
          lane: 'sigfox',
          gateway: callbacks,
          otherwise: 'Sigfox is told, tries three times more within 7 minutes, and then no more',
        } as const,
      ]
    : []),
]

const alarmTopic = (scope: Construct, { watch }: Stage) => {
  const topic = new Topic(scope, 'Alarms', { enforceSSL: true })
  // A topic with a policy of its own has lost the one that lets its account's alarms in.
  topic.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }),
  )
  if (watch.alarmEmail !== '') topic.addSubscription(new EmailSubscription(watch.alarmEmail))
  return topic
}
