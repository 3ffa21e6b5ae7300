import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway'
import {
  type AddRoutesOptions,
  type CfnStage,
  DomainName,
  HttpApi as GatewayApi,
  type HttpMethod,
  IpAddressType,
  LogGroupLogDestination,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigatewayv2'
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { CfnOutput, Lazy } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { removal } from '../stage/derived.ts'
import type { Domain, Stage, Throttle } from '../stage/stage.ts'

/** Caller, route, answer and what produced it. Never a header, body or query: each may hold a token or a reading. */
const logged = {
  at: '$context.requestTimeEpoch',
  request: '$context.requestId',
  from: '$context.identity.sourceIp',
  route: '$context.routeKey',
  status: '$context.status',
  milliseconds: '$context.responseLatency',
  requestBytes: '$context.requestLength',
  integrationStatus: '$context.integrationStatus',
  error: '$context.error.message',
  authorizerError: '$context.authorizer.error',
}

const limits = ({ requestsPerSecond, burst }: Throttle) => ({
  ThrottlingRateLimit: requestsPerSecond,
  ThrottlingBurstLimit: burst,
})

/** The HTTP API that all routes share. Each route has its own limits, and every request a line in the access log. */
export class HttpApi extends Construct {
  readonly api: GatewayApi
  readonly accessLog: LogGroup
  /** Without a trailing slash. */
  readonly url: string
  private readonly deployed: CfnStage
  private readonly limits: Record<string, object> = {}

  constructor(scope: Construct, id: string, { stage }: { stage: Stage }) {
    super(scope, id)
    const { domains, throttle } = stage
    this.accessLog = new LogGroup(this, 'AccessLogs', {
      retention: stage.logRetentionDays,
      removalPolicy: removal(stage),
    })
    this.api = new GatewayApi(this, 'Api', {
      apiName: `sluice-${stage.name}`,
      createDefaultStage: false,
      ipAddressType: IpAddressType.DUAL_STACK,
      // With a domain of yours it answers to no other name.
      disableExecuteApiEndpoint: domains.api !== null,
    })
    const { node } = this.api.addStage('Stage', {
      autoDeploy: true,
      // For requests that match no route.
      throttle: { rateLimit: throttle.readings.requestsPerSecond, burstLimit: throttle.readings.burst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(this.accessLog),
        format: AccessLogFormat.custom(JSON.stringify(logged)),
      },
      ...(domains.api && { domainMapping: { domainName: ownName(this, domains.api) } }),
    })
    this.deployed = node.defaultChild as CfnStage
    this.deployed.routeSettings = Lazy.any({ produce: () => this.limits })
    this.url = domains.api ? `https://${domains.api.name}` : this.api.apiEndpoint
  }

  /** Adds a route with limits of its own: a flood at one route leaves the others open. */
  addRoute(method: HttpMethod, throttle: Throttle, options: Omit<AddRoutesOptions, 'methods'>) {
    this.limits[`${method} ${options.path}`] = limits(throttle)
    // API Gateway refuses settings of a route that does not exist yet.
    this.deployed.node.addDependency(...this.api.addRoutes({ ...options, methods: [method] }))
  }
}

const ownName = (scope: Construct, { name, certificateArn }: Domain) => {
  const domain = new DomainName(scope, 'Domain', {
    domainName: name,
    certificate: Certificate.fromCertificateArn(scope, 'Certificate', certificateArn),
    securityPolicy: SecurityPolicy.TLS_1_2,
    ipAddressType: IpAddressType.DUAL_STACK,
  })
  new CfnOutput(scope, 'DomainTarget', { value: domain.regionalDomainName })
  return domain
}
