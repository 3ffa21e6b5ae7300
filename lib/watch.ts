import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import { Aws } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import type { DataStack } from './data-stack.ts'
import type { HttpDoor } from './http-door.ts'
import type { Stage } from './stage.ts'
import type { UdpGateway } from './udp-gateway.ts'
import { dashboard } from './watch/dashboard.ts'
import { databaseSymptoms } from './watch/database.ts'
import { functionSymptoms, type NamedFunction, upkeepSymptoms } from './watch/functions.ts'
import { gatewaySymptoms } from './watch/gateway.ts'
import { deniedCallbacks, httpSymptoms } from './watch/http.ts'
import { rejectSymptoms, silenceSymptoms } from './watch/messages.ts'
import { lanes } from './watch/metric.ts'
import { alarmOf } from './watch/symptom.ts'
import { namedTopics, topicSymptoms } from './watch/topics.ts'

/** All that is watched. */
export interface WatchProps {
  stage: Stage
  data: DataStack
  http: HttpDoor
  gateway: UdpGateway
  functions: readonly NamedFunction[]
  upkeep: NamedFunction
}

/** Alarms on everything that is deployed, each with the place in the runbook that it leads to, and one dashboard. */
export class Watch extends Construct {
  constructor(scope: Construct, id: string, { stage, data, http, gateway, functions, upkeep }: WatchProps) {
    super(scope, id)
    const topics = namedTopics(data)
    const denied = deniedCallbacks(this, stage, http)
    const symptoms = [
      ...topics.flatMap(topicSymptoms),
      ...lanes.flatMap((lane) => rejectSymptoms(stage, lane)),
      ...functions.flatMap((one) => functionSymptoms(stage.bus, one)),
      ...upkeepSymptoms(upkeep),
      ...httpSymptoms(http, denied),
      ...gatewaySymptoms(stage, gateway, data.network.vpc.availabilityZones),
      ...databaseSymptoms(stage, data.database),
      ...silenceSymptoms(stage),
    ]
    const listeners = alarmTopic(this, stage)
    const alarms = symptoms.map((symptom) => alarmOf(this, stage, symptom, listeners))
    dashboard(this, { stage, data, http, gateway, functions, topics, denied, alarms })
  }
}

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
