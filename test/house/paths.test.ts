import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

const documents = globSync(['README.md', 'CONTRIBUTING.md', 'docs/**/*.md'])
const rooms = readdirSync('.', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)

/** Text in code marks that begins with a room is a path, with no blank in it and perhaps a `*`. Acme is made up. */
const pathsIn = (text: string): string[] =>
  [...text.matchAll(/`([\w.-]+)\/([^\s`:]*)`/g)]
    .filter(([, room = '']) => rooms.includes(room))
    .map(([, room, rest]) => `${room}/${rest}`)

const linksIn = (text: string): string[] => [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link = '']) => link)

test.each(documents)('%s names only paths that exist', (document) => {
  const text = readFileSync(document, 'utf8')
  const missing = pathsIn(text).filter((path) => !path.includes('acme') && globSync(path).length === 0)
  expect(missing).toEqual([])
  expect(linksIn(text).filter((link) => !existsSync(join(dirname(document), link)))).toEqual([])
})
