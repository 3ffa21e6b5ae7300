import { expect, test } from 'vitest'
import { type Arrows, arrowsWithin, floorsOf } from '../../house/floors.ts'

const arrows = (imports: Readonly<Record<string, string>>): Arrows =>
  new Map(Object.entries(imports).map(([name, targets]) => [name, new Set(targets.split(' ').filter(Boolean))]))

const file = (path: string, ...imports: string[]) => ({ path, imports })

test('floors are the groups on the longest import path', () => {
  const house = floorsOf(arrows({ entry: 'core adapters', adapters: 'core', core: 'message', message: '', docs: '' }))
  expect(house).toMatchObject({ groups: 5, arrows: 4, floors: 4, upward: [], circles: [] })
  expect(house.path).toEqual(['entry', 'adapters', 'core', 'message'])
})

test('a single group is one floor, and a folder without code is none', () => {
  expect(floorsOf(arrows({ only: '' })).floors).toBe(1)
  expect(floorsOf(arrows({})).floors).toBe(0)
})

test('two groups that import each other are a circle with one upward arrow', () => {
  const { circles, upward, floors } = floorsOf(arrows({ profiles: 'nbiot', nbiot: 'profiles', main: 'profiles' }))
  expect(circles).toEqual([['profiles', 'nbiot']])
  expect(upward).toHaveLength(1)
  expect(floors).toBe(3)
})

test('the fewest arrows that break all circles are upward: one that closes three circles, not three', () => {
  const { circles, upward, floors } = floorsOf(
    arrows({ a: 'b c d', b: 'bottom', c: 'bottom', d: 'bottom', bottom: 'a' }),
  )
  expect(circles).toEqual([['a', 'b', 'c', 'd', 'bottom']])
  expect(upward).toEqual(['bottom -> a'])
  expect(floors).toBe(3)
})

test('circles that share no group are told apart', () => {
  const { circles, upward } = floorsOf(arrows({ a: 'b', b: 'a', c: 'd', d: 'c', top: 'a c' }))
  expect(circles).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ])
  expect(upward).toHaveLength(2)
})

test('a circle of thirty groups is cut without trying every order', () => {
  const ring = Array.from({ length: 30 }, (_, i) => [`g${i}`, `g${(i + 1) % 30}`])
  const { circles, upward, floors } = floorsOf(arrows(Object.fromEntries(ring)))
  expect(circles).toHaveLength(1)
  expect(upward.length).toBeGreaterThan(0)
  expect(floors).toBeGreaterThan(1)
})

test('groups of a folder are its sub-folders and its own files; what lies outside is no group', () => {
  const files = [
    file('core/main.ts', 'core/sigfox/read.ts', 'adapters/log.ts'),
    file('core/sigfox/read.ts', 'core/sigfox/body.ts', 'core/message/id.ts'),
    file('core/sigfox/body.ts', 'core/message/id.ts'),
    file('core/message/id.ts'),
    file('adapters/log.ts', 'core/message/id.ts'),
  ]
  expect(arrowsWithin('core', files)).toEqual(arrows({ 'main.ts': 'sigfox', sigfox: 'message', message: '' }))
  expect(arrowsWithin('', files)).toEqual(arrows({ core: 'adapters', adapters: 'core' }))
  expect(floorsOf(arrowsWithin('core', files))).toMatchObject({ groups: 3, arrows: 2, floors: 3 })
})

test('a folder does not take in a folder whose name begins alike', () => {
  const files = [file('lib/a.ts', 'library/b.ts'), file('library/b.ts')]
  expect(arrowsWithin('lib', files)).toEqual(arrows({ 'a.ts': '' }))
})
