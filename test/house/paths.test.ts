import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { anchor } from '../../lib/watch/runbook.ts'

const documents = globSync(['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'docs/**/*.md'])
const rooms = readdirSync('.', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)

/** Text in code marks that begins with a room is a path, perhaps with a `*`. The vendor Acme is made up. */
const pathsIn = (text: string): string[] =>
  [...text.matchAll(/`([\w.-]+)\/([^\s`:]*)`/g)]
    .filter(([, room = '', rest = '']) => rooms.includes(room) && !rest.includes('acme'))
    .map(([, room, rest]) => `${room}/${rest}`)

const linksIn = (text: string): string[] => [...text.matchAll(/\]\((?!https?:)([^)]+)/g)].map(([, link = '']) => link)

/** The headings of a document as links name them. */
const anchorsOf = (document: string): string[] =>
  [...readFileSync(document, 'utf8').matchAll(/^##+ (.+)$/gm)].map(
    ([, heading = '']) => anchor(heading).split('#')[1] ?? '',
  )

const leads = (document: string, link: string): boolean => {
  const [path = '', place] = link.split('#')
  const target = path === '' ? document : join(dirname(document), path)
  return existsSync(target) && (place === undefined || anchorsOf(target).includes(place))
}

test.each(documents)('%s names only paths that exist, and its links lead somewhere', (document) => {
  const text = readFileSync(document, 'utf8')
  expect(pathsIn(text).filter((path) => globSync(path).length === 0)).toEqual([])
  expect(linksIn(text).filter((link) => !leads(document, link))).toEqual([])
})
