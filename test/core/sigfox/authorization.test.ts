import fc from 'fast-check'
import { expect, test } from 'vitest'
import { tokenOf } from '../../../core/sigfox/authorization.ts'
import { anyText } from './any-text.ts'

const anyToken = fc.stringMatching(/^[\x21-\x39\x3b-\x7e]{1,60}$/)
const caseOf = (word: string) => fc.constantFrom(word, word.toLowerCase(), word.toUpperCase())

test('the token is that of Bearer or the password of Basic, in whatever case the scheme is written', () => {
  fc.assert(
    fc.property(anyToken, caseOf('Bearer'), caseOf('Basic'), fc.string(), (token, bearer, basic, user) => {
      expect(tokenOf(`${bearer} ${token}`)).toBe(token)
      const credentials = Buffer.from(`${user.replaceAll(':', '')}:${token}`).toString('base64')
      expect(tokenOf(`${basic}   ${credentials} `)).toBe(token)
    }),
  )
})

test('a password may hold colons', () => {
  expect(tokenOf(`Basic ${btoa('user:a:b')}`)).toBe('a:b')
})

test.each([
  ['no header', undefined],
  ['an empty one', ''],
  ['a scheme without a token', 'Bearer '],
  ['a token without a scheme', 'secret'],
  ['another scheme', 'Digest secret'],
  ['two headers joined', 'Bearer secret, Bearer secret'],
  ['a Basic without a password', `Basic ${btoa('user:')}`],
  ['a Basic without a colon', `Basic ${btoa('secret')}`],
  ['a Basic that is no base64', 'Basic %%%'],
])('%s brings no token', (_what, header) => {
  expect(tokenOf(header)).toBeNull()
})

test('no header makes it throw', () => {
  const scheme = fc.constantFrom('', 'Bearer ', 'Basic ')
  fc.assert(
    fc.property(scheme, anyText(), (prefix, rest) => {
      expect(tokenOf(prefix + rest)).not.toBe('')
    }),
    { numRuns: 200 },
  )
})
