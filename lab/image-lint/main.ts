import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { synthesise } from '../../local/template/synthesise.ts'
import { imageFaults } from './lint.ts'

/** The build contexts in a cloud assembly. */
const imagesIn = (assembly: string): string[] =>
  readdirSync(assembly)
    .map((name) => join(assembly, name))
    .filter((folder) => existsSync(join(folder, 'Dockerfile')))

const folder = mkdtempSync(join(tmpdir(), 'sluice-images-'))
try {
  const assemblies = process.argv.slice(2)
  if (assemblies.length === 0)
    for (const bus of ['sqs', 'kinesis'] as const) {
      const { folder: made } = await synthesise(
        { name: 'dev', bus, sigfoxDoor: 'container' },
        join(folder, bus),
        AbortSignal.timeout(120_000),
      )
      assemblies.push(made)
    }
  const images = assemblies.flatMap(imagesIn)
  let faults = images.length === 0 ? 1 : 0
  if (images.length === 0) console.error(`No image in ${assemblies.join(', ')}`)
  for (const image of images)
    for (const fault of await imageFaults(image)) {
      faults++
      console.error(`${image}: ${fault}`)
    }
  if (faults === 0) console.log(`${images.length} images: nothing found`)
  else process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
