import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets'
import type { Construct } from 'constructs'
import type { Stage } from '../stage/stage.ts'
import { bundle, root } from './bundling.ts'

/** A room whose `main.ts` is a gateway. */
export type GatewayRoom = 'udp-gateway' | 'http-gateway'

// Some dependencies have CommonJS parts that call require.
const banner = { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" }

/** The image of a gateway: its folder holds the Dockerfile and the bundle. Docker builds it at deployment, not before. */
export const gatewayImage = (scope: Construct, stage: Stage, room: GatewayRoom) => {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-gateway-'))
  try {
    copyFileSync(join(root, 'door/Dockerfile'), join(directory, 'Dockerfile'))
    bundle(scope, stage, `${room}/main.ts`, join(directory, 'gateway.mjs'), { format: 'esm', banner })
    return new DockerImageAsset(scope, 'Image', { directory, platform: Platform.LINUX_ARM64 })
  } finally {
    rmSync(directory, { recursive: true })
  }
}
