import { readFileSync, rmSync } from 'node:fs'
import { Template } from 'aws-cdk-lib/assertions'
import { App } from 'aws-cdk-lib/core'
import { build } from '../../bin/app.ts'
import { stages } from '../../bin/stages.ts'
import type { Stage } from '../../lib/stage.ts'

process.env.CDK_VALIDATION = 'false'

export const { context } = JSON.parse(readFileSync('cdk.json', 'utf8'))

export const topics = ['ProcessRawDataSigfox', 'ProcessPulseDataSigfox', 'ProcessRawDataNBIoT', 'ProcessPulseDataNBIoT']

export interface Synthesised {
  stage: Stage
  data: Template
  ingest: Template
}

/** Templates of every stage, by default on either bus, made in one process and without bundling. */
export const synthesise = (buses: readonly Stage['bus'][] = ['sqs', 'kinesis']): Synthesised[] =>
  buses.flatMap((bus) => {
    const app = new App({ context: { ...context, 'aws:cdk:bundling-stacks': [] } })
    const built = Object.keys(stages).map((name) => build(name, app, bus))
    try {
      return built.map(({ stage, data, ingest }) => ({
        stage,
        data: Template.fromStack(data),
        ingest: Template.fromStack(ingest),
      }))
    } finally {
      rmSync(app.outdir, { recursive: true, force: true })
    }
  })

/** Resources of one type, by logical id. */
export const resources = (template: Template, type: string) => Object.entries(template.findResources(type))

/** The functions made from our own entry points; CDK adds providers of its own, which have no log group of ours. */
export const ourFunctions = (template: Template) =>
  resources(template, 'AWS::Lambda::Function').filter(([, { Properties }]) => Properties.LoggingConfig)

/** Reads as `tcp 443 from Name` or `udp 5683 to 0.0.0.0/0`, by the group's logical id without its hash. */
export const securityRules = (template: Template) => {
  const name = (id: string) => id.slice(0, -8)
  const peer = (rule: Record<string, unknown>, key: string) => {
    const group = rule[key] as { 'Fn::GetAtt': [string] } | undefined
    return group ? name(group['Fn::GetAtt'][0]) : String(rule.CidrIp)
  }
  const inward = (rule: Record<string, unknown>) =>
    `${rule.IpProtocol} ${rule.FromPort} from ${peer(rule, 'SourceSecurityGroupId')}`
  const outward = (rule: Record<string, unknown>) =>
    `${rule.IpProtocol} ${rule.FromPort} to ${peer(rule, 'DestinationSecurityGroupId')}`
  // "Disallow all traffic" is CloudFormation's way to take away the rule that EC2 adds to an empty list.
  const real = (rule: Record<string, unknown>) => rule.CidrIp !== '255.255.255.255/32'

  const rules: Record<string, string[]> = {}
  for (const [id, { Properties }] of resources(template, 'AWS::EC2::SecurityGroup')) {
    rules[name(id)] = [
      ...(Properties.SecurityGroupIngress ?? []).map(inward),
      ...(Properties.SecurityGroupEgress ?? []).filter(real).map(outward),
    ]
  }
  const add = (type: string, say: (rule: Record<string, unknown>) => string) => {
    for (const [, { Properties }] of resources(template, type))
      rules[name(Properties.GroupId['Fn::GetAtt'][0])]?.push(say(Properties))
  }
  add('AWS::EC2::SecurityGroupIngress', inward)
  add('AWS::EC2::SecurityGroupEgress', outward)
  return rules
}
