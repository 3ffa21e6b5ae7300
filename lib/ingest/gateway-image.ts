import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets'
import { Stack } from 'aws-cdk-lib/core'
import type { Construct } from 'constructs'
import { buildSync } from 'esbuild'
import type { Stage } from '../stage/stage.ts'
import { conditions, mainFields, root } from './bundling.ts'

/** A room whose `main.ts` is a gateway. */
export type GatewayRoom = 'udp-gateway' | 'http-gateway'

/** The image of a gateway: its folder holds the Dockerfile and the bundle. Docker builds it at deployment, not before. */
export const gatewayImage = (scope: Construct, stage: Stage, room: GatewayRoom) => {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-gateway-'))
  try {
    copyFileSync(join(root, 'door/Dockerfile'), join(directory, 'Dockerfile'))
    if (Stack.of(scope).bundlingRequired) bundle(stage, room, join(directory, 'gateway.mjs'))
    return new DockerImageAsset(scope, 'Image', { directory, platform: Platform.LINUX_ARM64 })
  } finally {
    rmSync(directory, { recursive: true })
  }
}

const bundle = (stage: Stage, room: GatewayRoom, outfile: string) =>
  buildSync({
    absWorkingDir: root,
    entryPoints: [`${room}/main.ts`],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    conditions: conditions(stage),
    mainFields,
    // Some dependencies have CommonJS parts that call require.
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  })
