#!/usr/bin/env bash
# Guess: with `@aws-cdk/aws-lambda:useCdkManagedLogGroup` every function that the CDK adds to a template has a log group of the
# template, so that its logs are deleted with the stack and kept no longer than wanted.
#
# Seen with aws-cdk-lib 2.276.0: the flag reaches `Function` and its subclasses. The function of a `CustomResourceProvider`
# (here that of a bucket with `autoDeleteObjects`) is a bare resource, and the template has no log group for it: Lambda makes
# one at the first call, which outlives the stack and never expires. The own function has no `LoggingConfig` either: its group
# is joined to it by nothing but the name, `/aws/lambda/` and a reference to the function.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund aws-cdk-lib@2.276.0 constructs@10.8.1
cat >app.cjs <<'JS'
const { App, RemovalPolicy, Stack } = require('aws-cdk-lib')
const { Bucket } = require('aws-cdk-lib/aws-s3')
const { Code, Function: Lambda, Runtime } = require('aws-cdk-lib/aws-lambda')
const app = new App({ context: { '@aws-cdk/aws-lambda:useCdkManagedLogGroup': true } })
const stack = new Stack(app, 'Stack')
new Bucket(stack, 'Bucket', { autoDeleteObjects: true, removalPolicy: RemovalPolicy.DESTROY })
new Lambda(stack, 'Own', { runtime: Runtime.NODEJS_22_X, handler: 'index.handler', code: Code.fromInline('exports.handler=()=>1') })
const { Resources } = app.synth().getStackByName('Stack').template
const groups = Object.values(Resources).filter(({ Type }) => Type === 'AWS::Logs::LogGroup')
for (const [id, { Type, Properties }] of Object.entries(Resources)) {
  if (Type !== 'AWS::Lambda::Function') continue
  const isNamed = groups.some((group) => JSON.stringify(group.Properties.LogGroupName).includes(`"${id}"`))
  const name = id.startsWith('Own') ? 'own function' : 'provider of the bucket'
  console.log(`${name}: LoggingConfig ${Properties.LoggingConfig ? 'yes' : 'no'}, log group of its name ${isNamed ? 'yes' : 'no'}`)
}
JS
seen=$(node app.cjs)
echo "$seen"
diff <(echo "$seen") - <<'SEEN'
provider of the bucket: LoggingConfig no, log group of its name no
own function: LoggingConfig no, log group of its name yes
SEEN
