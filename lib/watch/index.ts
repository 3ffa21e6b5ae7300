import type { NetworkLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { CfnEventSubscription } from 'aws-cdk-lib/aws-rds'
import { Topic as AlarmTopic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import { Aws, CfnOutput, Stack } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import type { Database } from '../data/database.ts'
import { lanes, type Topic } from '../data/topic.ts'
import type { GatewayService } from '../ingest/gateway-service.ts'
import type { Handler } from '../ingest/handler.ts'
import type { HttpApi } from '../ingest/http-api.ts'
import type { Stage } from '../stage/stage.ts'
import { costSymptom } from './cost.ts'
import { dashboard } from './dashboard.ts'
import { databaseSymptoms } from './database.ts'
import { functionSymptoms, throttleSymptom, upkeepSymptoms } from './functions.ts'
import { datagramSymptoms, gatewaySymptoms } from './gateway.ts'
import { certificateSymptoms, deniedCallbacks, httpSymptoms, sigfoxGatewaySymptom, tokenSymptom } from './http.ts'
import { rejectSymptoms, silenceSymptoms } from './messages.ts'
import { own } from './metric.ts'
import { alarmOf } from './symptom.ts'
import { stuckSymptoms, topicSymptoms } from './topics.ts'

/** Everything that is watched. */
export interface WatchProps {
  stage: Stage
  topics: readonly Topic[]
  http: HttpApi
  /** The load balancer that all gateways share. */
  balancer: NetworkLoadBalancer
  /** The UDP gateway; where the Sigfox door is a container, that gateway too. */
  gateways: readonly GatewayService[]
  /** All functions but upkeep, which runs once a day and not for a message. */
  functions: readonly Handler[]
  upkeep: Handler
  database: Database
  zones: readonly string[]
}

/** Alarms on everything that is deployed, each pointing to its heading in the runbook, and one dashboard. */
export class Watch extends Construct {
  constructor(scope: Construct, id: string, props: WatchProps) {
    super(scope, id)
    const { stage, topics, http, balancer, gateways, functions, upkeep, database, zones } = props
    const hasSigfoxGateway = gateways.some(({ lane }) => lane === 'sigfox')
    const denied = hasSigfoxGateway ? own(stage, ['sigfox', 'door'], 'denied') : deniedCallbacks(this, stage, http)
    const symptoms = [
      ...topics.flatMap(topicSymptoms),
      ...stuckSymptoms(stage),
      ...lanes.flatMap((lane) => rejectSymptoms(stage, lane)),
      ...functions.flatMap((one) => functionSymptoms(stage.bus, one)),
      throttleSymptom(),
      ...upkeepSymptoms(upkeep),
      ...httpSymptoms(http),
      tokenSymptom(denied),
      ...(hasSigfoxGateway ? [sigfoxGatewaySymptom(stage)] : []),
      ...certificateSymptoms(stage),
      ...gateways.flatMap((one) => gatewaySymptoms(stage, one, zones)),
      ...datagramSymptoms(stage, balancer),
      ...databaseSymptoms(stage, database),
      ...silenceSymptoms(stage),
      costSymptom(stage, functions),
    ]
    const listeners = alarmTopic(this, stage)
    const alarms = symptoms.map((symptom) => alarmOf(this, stage, symptom, listeners))
    new CfnEventSubscription(this, 'DatabaseEvents', {
      snsTopicArn: listeners.topicArn,
      sourceType: 'db-instance',
      sourceIds: [database.instanceId],
      // No metric says that the disk cannot grow any more, or that a failed instance will not come back by itself.
      eventCategories: ['failure', 'low storage'],
    })
    const { dashboardName } = dashboard(this, { ...props, denied, alarms })
    const { region } = Stack.of(this)
    new CfnOutput(Stack.of(this), 'AlarmTopicArn', { value: listeners.topicArn })
    new CfnOutput(Stack.of(this), 'DashboardUrl', {
      value: `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${dashboardName}`,
    })
  }
}

const alarmTopic = (scope: Construct, { watch }: Stage) => {
  const topic = new AlarmTopic(scope, 'Alarms', { enforceSSL: true })
  // Setting a policy replaces the default one, which lets the account's alarms publish. RDS publishes its events too.
  topic.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com'), new ServicePrincipal('events.rds.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }),
  )
  if (watch.alarmEmail !== '') topic.addSubscription(new EmailSubscription(watch.alarmEmail))
  return topic
}
