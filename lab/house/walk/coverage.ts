import type { Profiler } from 'node:inspector'

/** The named functions of a file that were called. */
export interface EnteredFile {
  /** From the root folder. */
  readonly path: string
  readonly functions: readonly string[]
}

/** The path of a file of the product; null for a package, a file of the lab, and what lies outside the root. */
const productPath = (url: string, rootUrl: string): string | null => {
  const path = url.startsWith(rootUrl) ? url.slice(rootUrl.length) : ''
  return path === '' || /(^|\/)node_modules\/|^lab\//.test(path) ? null : path
}

/**
 * The product's files that were entered. A file counts once a named function in it was called. An arrow function takes
 * its name from its constant; one that is returned or passed as an argument has no name.
 * @param result V8's precise coverage by function, since the counts were last taken
 * @param rootUrl `file:` URL of the root folder, with a slash at its end
 */
export const enteredFiles = (result: readonly Profiler.ScriptCoverage[], rootUrl: string): EnteredFile[] =>
  result
    .flatMap(({ url, functions }) => {
      const path = productPath(url, rootUrl)
      const called = functions.filter(({ functionName, ranges }) => functionName !== '' && (ranges[0]?.count ?? 0) > 0)
      return path === null || called.length === 0
        ? []
        : [{ path, functions: called.map(({ functionName }) => functionName) }]
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1))

const framePattern = /(file:[^\s()]+?):(\d+):\d+\)?$/

/** Where the product's frames of a stack stand, the innermost first. */
export const productFrames = (stack: string, rootUrl: string): { readonly path: string; readonly line: number }[] =>
  stack.split('\n').flatMap((text) => {
    const [, url = '', line] = framePattern.exec(text) ?? []
    const path = productPath(url, rootUrl)
    return path === null ? [] : [{ path, line: Number(line) }]
  })

const declarationPattern = /^(?:export )?(?:async )?(?:const|let|function|class) (\w+)/

/** The top-level declaration that a line belongs to: a function counts together with the closures inside it. */
export const declarationAt = (text: string, line: number): string =>
  text
    .split('\n')
    .slice(0, line)
    .map((one) => declarationPattern.exec(one)?.[1])
    .findLast((name) => name !== undefined) ?? ''
