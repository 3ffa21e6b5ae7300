#!/usr/bin/env bash
# Guess: with `@aws-cdk/core:defaultCrossStackReferences` = `weak`, a stack that is used by another still exports the value, and
# only the way of reading it changes; `both` is the same with one more export.
#
# Seen with aws-cdk-lib 2.276.0: `weak` takes every Export away. The producer keeps a plain Output, and the consumer reads it with
# `Fn::GetStackOutput`, by the name of the stack. A stage that was deployed with exports cannot go there in one deployment,
# because CloudFormation refuses to remove an export that is imported. `both` is that step between: the producer exports and the
# consumer no longer imports.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund aws-cdk-lib@2.276.0 constructs@10.8.1
cat >app.cjs <<'JS'
const { App, Stack } = require('aws-cdk-lib')
const { Queue } = require('aws-cdk-lib/aws-sqs')
const { StringParameter } = require('aws-cdk-lib/aws-ssm')
const strength = process.argv[2]
const app = new App({ context: { '@aws-cdk/core:defaultCrossStackReferences': strength } })
const producer = new Stack(app, 'Producer')
const consumer = new Stack(app, 'Consumer')
new StringParameter(consumer, 'Arn', { stringValue: new Queue(producer, 'Queue').queueArn })
const assembly = app.synth()
const template = (name) => assembly.getStackByName(name).template
const outputs = Object.values(template('Producer').Outputs)
const [parameter] = Object.values(template('Consumer').Resources)
const value = Object.keys(parameter.Properties.Value)[0]
console.log(`${strength}: outputs ${outputs.length}, of them exports ${outputs.filter((o) => o.Export).length}; read by ${value}`)
JS
seen=$(for strength in strong both weak; do node app.cjs "$strength"; done)
echo "$seen"
diff <(echo "$seen") - <<'SEEN'
strong: outputs 1, of them exports 1; read by Fn::ImportValue
both: outputs 2, of them exports 1; read by Fn::GetStackOutput
weak: outputs 1, of them exports 0; read by Fn::GetStackOutput
SEEN
