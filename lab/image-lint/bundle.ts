import { readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { build } from 'esbuild'

/** esbuild's stand-in for `require` in a minified bundle. Minified names are short, so longer ones are not searched. */
const requireShim = /(?<![\w$])([\w$]{1,4})=\(\(?[\w$]{1,4}\)?=>typeof require<"u"\?require:/

const required = (text: string): string[] => {
  const name = requireShim.exec(text)?.[1]
  if (name === undefined) return []
  const call = new RegExp(`(?<![\\w$.])${name.replaceAll('$', '\\$')}\\("([^"]+)"\\)`, 'g')
  return [...text.matchAll(call)].map((found) => found[1] ?? '')
}

/** What a bundle imports or requires and Node does not have built in. Throws if esbuild cannot parse it as a module. */
export const foreignImports = async (path: string): Promise<string[]> => {
  const { metafile } = await build({
    entryPoints: [path],
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    write: false,
    metafile: true,
    logLevel: 'silent',
  })
  const imported = Object.values(metafile.outputs).flatMap(({ imports }) => imports.map((found) => found.path))
  return [...new Set([...imported, ...required(readFileSync(path, 'utf8'))])].filter((name) => !isBuiltin(name)).sort()
}
