import { describe, expect, test } from 'vitest'
import { setting } from '../../contract/settings.ts'
import { flowsPerTask } from '../../lib/stage/sizes.ts'
import { buses, sigfoxDoors } from '../../lib/stage/stage.ts'
import { resources, type Synthesised, securityRules, synthesise } from '../support/templates.ts'

interface Variable {
  Name: string
  Value: string
}

/** The resources of one gateway; their logical ids begin with its name. */
const gatewayOf = ({ ingest }: Synthesised, name: 'UdpGateway' | 'CallbackGateway') => {
  const only = (type: string) => {
    const found = resources(ingest, type).filter(([id]) => id.startsWith(name))
    expect(found).toHaveLength(1)
    return found[0]?.[1].Properties
  }
  const task = only('AWS::ECS::TaskDefinition')
  const [container] = task.ContainerDefinitions
  const value = (variable: string) =>
    container.Environment.find(({ Name }: Variable) => Name === variable)?.Value as string | undefined
  return {
    task,
    container,
    value,
    listener: only('AWS::ElasticLoadBalancingV2::Listener'),
    targets: only('AWS::ElasticLoadBalancingV2::TargetGroup'),
    service: only('AWS::ECS::Service'),
  }
}

const containers = sigfoxDoors.flatMap((door) =>
  synthesise(buses, [door]).flatMap((synthesised) =>
    (door === 'container' ? (['UdpGateway', 'CallbackGateway'] as const) : (['UdpGateway'] as const)).map((name) => ({
      name,
      synthesised,
      stage: synthesised.stage,
    })),
  ),
)

describe.each(containers)('$name of $stage.name on $stage.bus with $stage.sigfoxDoor', ({ name, synthesised }) => {
  const { stage, ingest } = synthesised
  const { task, container, value, listener, targets, service } = gatewayOf(synthesised, name)
  const udp = name === 'UdpGateway'
  const port = Number(value(udp ? setting.udpPort : setting.httpPort))
  const healthPort = Number(value(setting.healthPort))

  test('the listener forwards to the port on which the gateway listens', () => {
    expect(container.PortMappings).toEqual([
      { ContainerPort: port, Protocol: udp ? 'udp' : 'tcp' },
      { ContainerPort: healthPort, Protocol: 'tcp' },
    ])
    expect(listener).toMatchObject(udp ? { Port: 5683, Protocol: 'UDP' } : { Port: 443, Protocol: 'TLS' })
    expect(targets).toMatchObject({
      Port: port,
      Protocol: udp ? 'UDP' : 'TCP',
      TargetType: 'ip',
      HealthCheckProtocol: 'HTTP',
      HealthCheckPort: String(healthPort),
      HealthCheckPath: '/healthz',
    })
    expect(service.LoadBalancers).toMatchObject([{ ContainerPort: port }])
  })

  test('a stopping task reads for as long as the load balancer sends, and has time left to publish', () => {
    expect(value(setting.drainSeconds)).toBe(String(stage.gateway.drainSeconds))
    expect(stage.gateway.drainSeconds + 10).toBeLessThanOrEqual(container.StopTimeout)
    const attributes = Object.fromEntries(
      targets.TargetGroupAttributes.map(({ Key, Value }: { Key: string; Value: string }) => [Key, Value]),
    )
    expect(Number(attributes['deregistration_delay.timeout_seconds'])).toBeGreaterThanOrEqual(120)
    // UDP always preserves the device's address; behind TLS only the load balancer may reach a task.
    expect(attributes['preserve_client_ip.enabled']).toBe(udp ? undefined : 'false')
  })

  test('a deployment keeps all tasks until the new ones are healthy, and rolls back if they never are', () => {
    expect(service.DeploymentConfiguration).toMatchObject({
      MinimumHealthyPercent: 100,
      MaximumPercent: 200,
      DeploymentCircuitBreaker: { Enable: true, Rollback: true },
    })
  })

  test('a task has the tags of its service, so that its cost is found by stage', () => {
    expect(service).toMatchObject({ PropagateTags: 'SERVICE', EnableECSManagedTags: true })
    expect(service.Tags).toContainEqual({ Key: 'Stage', Value: stage.name })
  })

  test('a gateway keeps its memory during a bus outage: ECS does not replace it for being unhealthy', () => {
    expect(service.HealthCheckGracePeriodSeconds).toBeGreaterThanOrEqual(86_400)
  })

  test('the task gets only settings that the gateway reads, runs on arm64, and has room for its queue', () => {
    const known: string[] = [...Object.values(setting), 'AWS_REGION']
    expect(container.Environment.map(({ Name }: Variable) => Name).filter((n: string) => !known.includes(n))).toEqual(
      [],
    )
    expect(task.RuntimePlatform.CpuArchitecture).toBe('ARM64')
    expect(Number(value(setting.queueBytes))).toBeLessThanOrEqual((Number(task.Memory) * 2 ** 20) / 2)
  })

  test('CPU and new flows set the number of tasks within the limits of the stage, and a deployment does not reset it', () => {
    const { minTasks, maxTasks } = stage.gateway
    const own = (type: string) =>
      resources(ingest, `AWS::ApplicationAutoScaling::${type}`)
        .filter(([id]) => id.startsWith(name))
        .map(([, { Properties }]) => Properties)
    const policies = own('ScalingPolicy').map((policy) => policy.TargetTrackingScalingPolicyConfiguration)
    if (minTasks === maxTasks) {
      expect(service.DesiredCount).toBe(minTasks)
      expect([...own('ScalableTarget'), ...policies]).toEqual([])
      return
    }
    expect(service).not.toHaveProperty('DesiredCount')
    expect(own('ScalableTarget')).toMatchObject([{ MinCapacity: minTasks, MaxCapacity: maxTasks }])
    const [cpu, flows] = policies
    expect(cpu?.PredefinedMetricSpecification.PredefinedMetricType).toBe('ECSServiceAverageCPUUtilization')
    expect(flows?.TargetValue).toBe(60 * flowsPerTask(udp ? 'UDP' : 'TLS', stage.gateway.cpuUnits))
    const names = flows?.CustomizedMetricSpecification.Metrics.map(
      ({ MetricStat }: { MetricStat?: { Metric: { MetricName: string } } }) => MetricStat?.Metric.MetricName,
    )
    expect(names).toEqual([`NewFlowCount_${udp ? 'UDP' : 'TLS'}`, 'HealthyHostCount', undefined])
    expect(policies).toHaveLength(2)
  })
})

describe.each(synthesise(buses, sigfoxDoors))(
  'load balancer of $stage.name on $stage.bus with $stage.sigfoxDoor',
  ({ stage, data, ingest }) => {
    const container = stage.sigfoxDoor === 'container'

    test('the load balancer is open to every address, the tasks to the load balancer only, and nothing else is open (P30)', () => {
      const task = (port: string, from: string) => [
        `${port} from ${from}`,
        'tcp 443 to 0.0.0.0/0',
        'tcp 8080 from FrontDoorGroup',
      ]
      const sorted = Object.fromEntries(Object.entries(securityRules(ingest)).map(([id, rules]) => [id, rules.sort()]))
      const through = (name: string, port: string) => [`${port} to ${name}`, `tcp 8080 to ${name}`]
      expect(sorted).toEqual({
        FrontDoorGroup: [
          'udp 5683 from 0.0.0.0/0',
          ...through('UdpGatewayTaskGroup', 'udp 5683'),
          ...(container ? ['tcp 443 from 0.0.0.0/0', ...through('CallbackGatewayTaskGroup', 'tcp 8081')] : []),
        ].sort(),
        UdpGatewayTaskGroup: task('udp 5683', 'FrontDoorGroup').sort(),
        ...(container && { CallbackGatewayTaskGroup: task('tcp 8081', 'FrontDoorGroup').sort() }),
      })
    })

    test('a zone without a task loses nothing: the load balancer crosses zones, and each zone has a fixed address', () => {
      const [[, { Properties }]] = resources(data, 'AWS::ElasticLoadBalancingV2::LoadBalancer') as [
        [string, { Properties: { LoadBalancerAttributes: object[]; SubnetMappings: { AllocationId: object }[] } }],
      ]
      expect(Properties.LoadBalancerAttributes).toContainEqual({
        Key: 'load_balancing.cross_zone.enabled',
        Value: 'true',
      })
      expect(Properties.SubnetMappings.map(({ AllocationId }) => AllocationId)).toEqual(
        resources(data, 'AWS::EC2::EIP').map(([id]) => ({ 'Fn::GetAtt': [id, 'AllocationId'] })),
      )
    })
  },
)

test('the Sigfox gateway terminates TLS 1.2 or later with the certificate of the stage, and reads its tokens by reference', () => {
  for (const synthesised of synthesise(['sqs'], ['container'])) {
    const { listener, value, container } = gatewayOf(synthesised, 'CallbackGateway')
    expect(listener).toMatchObject({
      Certificates: [{ CertificateArn: synthesised.stage.domains.callbacks?.certificateArn }],
      SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-Res-2021-06',
    })
    expect(JSON.stringify(value(setting.sigfoxSecretArn))).toMatch(/GetStackOutput.*SigfoxToken/)
    expect(container).not.toHaveProperty('Secrets')
  }
})
