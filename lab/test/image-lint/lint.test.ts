import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { imageFaults } from '../../image-lint/lint.ts'

const scratch = mkdtempSync(join(tmpdir(), 'sluice-image-lint-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const dockerfile = readFileSync(join(import.meta.dirname, '../../../door/Dockerfile'), 'utf8')
const goodBundle = "import{createServer}from'node:http';createServer()\n"

let folders = 0
/** The folder of an image with this Dockerfile and these files beside it. */
const folderOf = (text: string, files: Record<string, string> = { 'gateway.mjs': goodBundle }) => {
  const folder = join(scratch, String(folders++))
  mkdirSync(folder)
  for (const [name, content] of Object.entries({ Dockerfile: text, ...files }))
    writeFileSync(join(folder, name), content)
  return folder
}

const faultsOf = (text: string, files?: Record<string, string>) => imageFaults(folderOf(text, files))
/** The Dockerfile of the gateways with one thing broken. */
const broken = (from: string | RegExp, to: string) => {
  const text = dockerfile.replace(from, to)
  expect(text).not.toBe(dockerfile)
  return text
}

test('the Dockerfile of the gateways has no fault', async () => {
  expect(await faultsOf(dockerfile)).toEqual([])
})

describe('the lint has one sentence for', () => {
  const cases: readonly [what: string, from: string | RegExp, to: string, sentence: RegExp][] = [
    ['a base without a digest', /@sha256:[0-9a-f]{64}/g, '', /^the base node:24.21.0-bookworm-slim is not pinned; /],
    ['a base tag that moves', /node:24\.21\.0-bookworm-slim/g, 'node:latest', /^the base node:latest@.* not pinned; /],
    ['a base without its full version', /node:24\.21\.0-bookworm-slim/g, 'node:24-slim', /not pinned/],
    [
      'a bundle checked by another Node than the one that runs it',
      /^(FROM node:24\.21\.)0(.*)$/m,
      '$11$2',
      /^it has 2 bases, /,
    ],
    ['no user', /^USER .*\n/m, '', /^the image has no USER, so it runs as root; /],
    ['root', /^USER .*$/m, 'USER 0:0', /^line \d+: USER 0:0 is not a non-zero number /],
    ['a user by name', /^USER .*$/m, 'USER node', /^line \d+: USER node is not a non-zero number /],
    [
      'a user without a group',
      /^USER .*$/m,
      'USER 10001',
      /^line \d+: USER 10001 is not a non-zero number with a group; /,
    ],
    ['a later USER that is root again', /^EXPOSE/m, 'USER 0:0\nEXPOSE', /^line \d+: USER 0:0 /],
    [
      'a file that belongs to the user',
      /^(COPY --from.*)\n((?:.*\n)*USER .*)$/m,
      '$2\n$1',
      /^line \d+: COPY comes after USER; /,
    ],
    ['a build argument', /^WORKDIR/m, 'ARG VERSION=1\nWORKDIR', /^line \d+: ARG lets the person who builds change /],
    ['a secret in the environment', /^ENV .*$/m, 'ENV API_TOKEN=x', /^line \d+: ENV may put a secret into the image; /],
    [
      'a secret mounted at build time',
      /^RUN /m,
      'RUN --mount=type=secret,id=npm ',
      /^line \d+: RUN may put a secret into the image; /,
    ],
    ['a download', /^WORKDIR/m, 'ADD https://example.com/x /x\nWORKDIR', /^line \d+: ADD is not allowed here; /],
    [
      'the whole folder',
      /^COPY gateway\.mjs/m,
      'COPY .',
      /^line \d+: COPY of \.; the image holds gateway\.mjs and nothing else$/,
    ],
    [
      'a file of another image',
      '--from=checked',
      '--from=busybox',
      /^line \d+: COPY from busybox, which is not a build stage /,
    ],
    ['an image without the bundle', /^COPY --from.*\n/m, '', /^the image does not copy gateway\.mjs, /],
    [
      'a program that is installed',
      /^USER/m,
      'RUN ["apt-get", "install", "curl"]\nUSER',
      /^line \d+: RUN in the image itself; /,
    ],
    [
      'a build that fetches',
      /^RUN .*$/m,
      'RUN npm install left-pad',
      /^line \d+: RUN runs something other than node; /,
    ],
    ['a shell before the command', /^CMD .*$/m, 'CMD node gateway.mjs', /^line \d+: CMD is not \["node", …\]; /],
    ['no command', /^CMD .*\n/m, '', /^the image has no CMD; /],
    ['no health check', /^HEALTHCHECK .*\n/m, '', /^the image has no HEALTHCHECK$/],
    [
      'a health check by curl',
      /^(HEALTHCHECK.*?) CMD .*$/m,
      '$1 CMD curl -f http://127.0.0.1',
      /^line \d+: HEALTHCHECK is not CMD /,
    ],
    [
      'an instruction that is not on the list',
      /^WORKDIR/m,
      'ONBUILD RUN x\nWORKDIR',
      /^line \d+: ONBUILD is not allowed here; /,
    ],
    ['a parser directive', /^/, '# syntax=docker/dockerfile:1\n', /cannot be read: line 1 is a parser directive; /],
    ['a here-document', /^WORKDIR/m, 'RUN <<EOF\nWORKDIR', /cannot be read: line \d+ begins a here-document; /],
    [
      'a continuation after the last line',
      /$/,
      'RUN x \\\n',
      /cannot be read: line \d+ continues past the end of the file$/,
    ],
    ['no FROM', /^FROM .*\n/gm, '', /cannot be read: line \d+ precedes the first FROM; /],
  ]
  test.each(cases)('%s', async (_, from, to, sentence) => {
    const faults = await faultsOf(broken(from, to))
    expect(faults).toEqual([expect.stringMatching(sentence)])
  })
})

describe('the lint has one sentence for a bundle that', () => {
  const faultsWith = (bundle: string) => faultsOf(dockerfile, { 'gateway.mjs': bundle })
  const shim = 'var K=(t=>typeof require<"u"?require:t)(function(t){throw Error(t)});'

  test('is missing', async () => {
    expect(await faultsOf(dockerfile, {})).toEqual(['gateway.mjs is not in the folder of the image'])
  })
  test('has another file beside it', async () => {
    const faults = await faultsOf(dockerfile, { 'gateway.mjs': goodBundle, '.env': 'X=1' })
    expect(faults).toEqual(['the folder of the image also holds .env; only the bundle belongs there'])
  })
  test.each([
    ["import pg from 'pg';pg()", 'pg'],
    ["export const a=()=>import('pg')", 'pg'],
    [`${shim}K("pg")`, 'pg'],
    [`${shim}K("node:fs");K("@aws-sdk/client-sqs/dist")`, '@aws-sdk/client-sqs/dist'],
  ])('imports what the image does not hold: %s', async (bundle, name) => {
    expect(await faultsWith(bundle)).toEqual([`gateway.mjs imports ${name}, which is not in the image`])
  })
  test('imports a file beside it, or is not a module', async () => {
    expect(await faultsWith("import './other.mjs'")).toEqual([
      expect.stringMatching(/^gateway.mjs cannot be read: .*other\.mjs/),
    ])
    expect(await faultsWith('const = 1')).toEqual([expect.stringMatching(/^gateway.mjs cannot be read: /)])
  })
  test('is larger than the limit', async () => {
    const faults = await faultsWith(`${goodBundle}//${'x'.repeat(600_000)}`)
    expect(faults).toEqual([expect.stringMatching(/^gateway.mjs has \d+ bytes; more than 600000 /)])
  })
})
