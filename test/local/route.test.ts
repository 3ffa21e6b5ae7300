import { expect, test } from 'vitest'
import { findRoute } from '../../local/doors/route.ts'

const routes = ['GET /v1/{proxy+}', 'GET /v1/{id}/last', 'GET /v1/flow', 'POST /sigfox/uplink'].map((key) => ({ key }))
const find = (method: string, path: string) => {
  const found = findRoute(routes, method, path)
  return found && [found.route.key, found.pathParameters]
}

test('the most specific route takes a request', () => {
  expect(find('GET', '/v1/flow')).toEqual(['GET /v1/flow', {}])
  expect(find('GET', '/v1/A1/last')).toEqual(['GET /v1/{id}/last', { id: 'A1' }])
  expect(find('GET', '/v1/devices/A1/readings')).toEqual(['GET /v1/{proxy+}', { proxy: 'devices/A1/readings' }])
})

test('parameters are decoded', () => {
  expect(find('GET', '/v1/a%20b/last')).toEqual(['GET /v1/{id}/last', { id: 'a b' }])
})

test.each([
  ['another method', 'POST', '/v1/flow'],
  ['a longer path', 'POST', '/sigfox/uplink/x'],
  ['a shorter path', 'POST', '/sigfox'],
  ['an empty parameter', 'GET', '/v1/'],
])('%s finds no route', (_, method, path) => {
  expect(find(method, path)).toBeNull()
})
