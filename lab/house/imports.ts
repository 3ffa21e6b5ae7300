import { posix } from 'node:path'

/** `from '…'`, `import '…'` and `import('…')`: the linter has already required literal paths with extensions. */
const importPattern = /\b(?:from|import)\s*\(?\s*'([.#][^']*)'/g

/**
 * The project's own files that a file imports, types and re-exports included; packages and `node:` modules are left out.
 * @param path of the file, from the root folder
 * @param aliases each `#name` of package.json with the files that it may stand for
 */
export const importsOf = (
  path: string,
  text: string,
  aliases: ReadonlyMap<string, readonly string[]> = new Map(),
): string[] => {
  const found = [...text.matchAll(importPattern)].flatMap(([, name = '']) =>
    name.startsWith('#')
      ? (aliases.get(name) ?? []).map((file) => posix.normalize(file))
      : [posix.join(posix.dirname(path), name)],
  )
  return [...new Set(found)]
}
