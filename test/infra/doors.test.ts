import { describe, expect, test } from 'vitest'
import { setting } from '../../core/settings.ts'
import type { Throttle } from '../../lib/stage.ts'
import { resources, securityRules, synthesise } from './templates.ts'

describe.each(synthesise())('doors of $stage.name on $stage.bus', ({ stage, data, ingest }) => {
  const only = (type: string, template = ingest) => {
    const found = resources(template, type).map(([, { Properties }]) => Properties)
    expect(found).toHaveLength(1)
    return found[0]
  }

  test('no route is open: the callback asks the authorizer, reading back asks IAM', () => {
    const routes = resources(ingest, 'AWS::ApiGatewayV2::Route').map(([, { Properties }]) => [
      Properties.RouteKey,
      Properties.AuthorizationType,
    ])
    expect(Object.fromEntries(routes)).toEqual({
      'POST /sigfox/uplink': 'CUSTOM',
      'POST /sigfox/batch': 'CUSTOM',
      'GET /v1/{proxy+}': 'AWS_IAM',
    })
  })

  test('an answer of the authorizer is cached for its token and its route', () => {
    expect(only('AWS::ApiGatewayV2::Authorizer')).toMatchObject({
      AuthorizerType: 'REQUEST',
      EnableSimpleResponses: true,
      AuthorizerResultTtlInSeconds: 300,
      IdentitySource: ['$request.header.Authorization', '$context.routeKey'],
    })
  })

  test('each route is throttled by itself, as the stage says, and made before its limit', () => {
    const limit = ({ requestsPerSecond, burst }: Throttle) => ({
      ThrottlingRateLimit: requestsPerSecond,
      ThrottlingBurstLimit: burst,
    })
    const { callbacks, readings } = stage.throttle
    expect(only('AWS::ApiGatewayV2::Stage')).toMatchObject({
      DefaultRouteSettings: limit(readings),
      RouteSettings: {
        'POST /sigfox/uplink': limit(callbacks),
        'POST /sigfox/batch': limit(callbacks),
        'GET /v1/{proxy+}': limit(readings),
      },
    })
    const routes = resources(ingest, 'AWS::ApiGatewayV2::Route')
    const [[, { DependsOn }]] = resources(ingest, 'AWS::ApiGatewayV2::Stage') as [[string, { DependsOn: string[] }]]
    expect(DependsOn).toEqual(expect.arrayContaining(routes.map(([id]) => id)))
  })

  test('Sigfox has its answer before it hangs up after 10 s', () => {
    const seconds = resources(ingest, 'AWS::Lambda::Function')
      .filter(([id]) => id.startsWith('SigfoxApi'))
      .map(([, { Properties }]) => Properties.Timeout)
    expect(seconds).toHaveLength(2)
    expect(seconds[0] + seconds[1]).toBeLessThan(10)
  })

  test('the UDP port is open to every device, the health port to the load balancer, and nothing else', () => {
    expect(securityRules(ingest)).toEqual({
      FrontDoorGroup: ['udp 5683 from 0.0.0.0/0', 'udp 5683 to UdpGatewayTaskGroup', 'tcp 8080 to UdpGatewayTaskGroup'],
      UdpGatewayTaskGroup: ['udp 5683 from 0.0.0.0/0', 'tcp 443 to 0.0.0.0/0', 'tcp 8080 from FrontDoorGroup'],
    })
  })

  test('datagrams go through the listener to the port where the gateway listens', () => {
    const { Environment, PortMappings } = only('AWS::ECS::TaskDefinition').ContainerDefinitions[0]
    const value = (name: string) => Environment.find(({ Name }: { Name: string }) => Name === name)?.Value
    const udpPort = Number(value(setting.udpPort))
    const healthPort = Number(value(setting.healthPort))
    expect(PortMappings).toEqual([
      { ContainerPort: udpPort, Protocol: 'udp' },
      { ContainerPort: healthPort, Protocol: 'tcp' },
    ])
    expect(only('AWS::ElasticLoadBalancingV2::Listener')).toMatchObject({ Port: 5683, Protocol: 'UDP' })
    expect(only('AWS::ElasticLoadBalancingV2::TargetGroup')).toMatchObject({
      Port: udpPort,
      Protocol: 'UDP',
      TargetType: 'ip',
      HealthCheckProtocol: 'HTTP',
      HealthCheckPort: String(healthPort),
      HealthCheckPath: '/healthz',
    })
    expect(only('AWS::ECS::Service').LoadBalancers).toMatchObject([{ ContainerPort: udpPort }])
  })

  test('a task that stops is still read for as long as the load balancer sends, and has time left to publish', () => {
    const { StopTimeout, Environment } = only('AWS::ECS::TaskDefinition').ContainerDefinitions[0]
    expect(Environment).toContainEqual({ Name: setting.drainSeconds, Value: String(stage.gateway.drainSeconds) })
    expect(stage.gateway.drainSeconds + 10).toBeLessThanOrEqual(StopTimeout)
    const [delay] = only('AWS::ElasticLoadBalancingV2::TargetGroup').TargetGroupAttributes
    expect(delay.Key).toBe('deregistration_delay.timeout_seconds')
    expect(Number(delay.Value)).toBeGreaterThanOrEqual(120)
  })

  test('a gateway that the bus lets down keeps its memory: ECS does not replace it for being red', () => {
    const { HealthCheckGracePeriodSeconds } = only('AWS::ECS::Service')
    expect(HealthCheckGracePeriodSeconds).toBeGreaterThanOrEqual(86_400)
  })

  test('a zone without a task loses nothing: the load balancer crosses zones', () => {
    expect(only('AWS::ElasticLoadBalancingV2::LoadBalancer', data).LoadBalancerAttributes).toContainEqual({
      Key: 'load_balancing.cross_zone.enabled',
      Value: 'true',
    })
  })

  test('the task gets only settings that the gateway knows, runs on arm64, and has room for its queue', () => {
    const task = only('AWS::ECS::TaskDefinition')
    const environment: { Name: string; Value: string }[] = task.ContainerDefinitions[0].Environment
    const known: string[] = [...Object.values(setting), 'AWS_REGION']
    expect(environment.map(({ Name }) => Name).filter((name) => !known.includes(name))).toEqual([])
    expect(task.RuntimePlatform.CpuArchitecture).toBe('ARM64')
    const queueBytes = Number(environment.find(({ Name }) => Name === setting.queueBytes)?.Value)
    expect(queueBytes).toBeLessThanOrEqual((Number(task.Memory) * 2 ** 20) / 2)
  })

  test('a person finds the addresses and the secret in the outputs', () => {
    expect(Object.keys(ingest.findOutputs('*'))).toEqual(
      expect.arrayContaining(['SigfoxCallbackUrl', 'SigfoxBatchUrl', 'SigfoxSecretArn', 'UdpAddress', 'ApiUrl']),
    )
  })
})
