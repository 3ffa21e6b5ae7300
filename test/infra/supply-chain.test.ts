import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

interface Locked {
  version: string
  integrity?: string
  resolved?: string
  license?: string
  dev?: boolean
  optional?: boolean
  /** Comes inside another package, under that one's hash. */
  inBundle?: boolean
  hasInstallScript?: boolean
  /** A workspace of ours, by its folder in `resolved`. */
  link?: boolean
}

const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'))
const manifest = json('package.json')
const workspaces: string[] = manifest.workspaces
const manifests = [manifest, ...workspaces.map((folder) => json(`${folder}/package.json`))]
const isOurs = (path: string, { link, resolved = '' }: Locked) =>
  ['', ...workspaces].includes(path) || (link === true && workspaces.includes(resolved))
const locked = Object.entries<Locked>(json('package-lock.json').packages).filter(([path, one]) => !isOurs(path, one))
const named = (path: string) => path.split('node_modules/').at(-1) ?? ''

const licences = /^(Apache-2\.0|MIT|ISC|0BSD|BlueOak-1\.0\.0|BSD-[23]-Clause|MIT OR Apache-2\.0)$/

describe('supply chain (P34)', () => {
  test('every package is locked by version and hash, and comes from a registry', () => {
    expect(locked.length).toBeGreaterThan(200)
    const alone = locked.filter(([, { inBundle }]) => !inBundle)
    expect(alone.filter(([, { integrity }]) => !/^sha512-/.test(integrity ?? '')).map(([path]) => path)).toEqual([])
    // Without `resolved` any registry will do: the hash tells whether it delivered the right package.
    expect(locked.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([])
  })

  test.each(manifests)('$name asks for packages by exact version, never by range, folder or repository', (one) => {
    const asked = { ...one.dependencies, ...one.devDependencies, ...one.optionalDependencies }
    expect(Object.entries(asked).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(String(version)))).toEqual(
      [],
    )
  })

  test('only the packages on the list run a script when they are installed', () => {
    const running = locked.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => named(path))
    expect([...new Set(running)].sort()).toEqual(Object.keys(manifest.allowScripts).sort())
  })

  test('what is deployed has permissive licences, which ask only for their text', () => {
    const deployed = locked.filter(([, { dev, optional }]) => !dev && !optional)
    expect(deployed.length).toBeGreaterThan(10)
    expect(deployed.filter(([, { license = '' }]) => !licences.test(license)).map(([path]) => path)).toEqual([])
  })
})
