import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { importsOf } from './imports.ts'

/** One file of code. */
export interface Source {
  /** From the root folder, with slashes. */
  readonly path: string
  readonly lines: number
  /** Paths of the project's own files that it imports, as a value or as a type. */
  readonly imports: readonly string[]
}

/** The conditional imports of package.json, such as `#bus`: each name with every file that it may stand for. */
const conditionalImports = (root: string): ReadonlyMap<string, readonly string[]> => {
  const { imports = {} } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    imports?: Record<string, Record<string, string>>
  }
  return new Map(Object.entries(imports).map(([name, files]) => [name, Object.values(files)]))
}

/** The TypeScript and JavaScript files that git tracks, or would track, below `root`. */
export const readSources = (root: string): Source[] => {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z', '*.ts', '*.mjs'], { cwd: root })
  const aliases = conditionalImports(root)
  const paths = [...new Set(listed.toString().split('\0'))].filter((path) => path && existsSync(join(root, path)))
  return paths.sort().map((path) => {
    const text = readFileSync(join(root, path), 'utf8')
    return { path, lines: text.split('\n').length - 1, imports: importsOf(path, text, aliases) }
  })
}
