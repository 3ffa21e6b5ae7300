export { jsonReport } from './json.ts'
export { htmlReport } from './page.ts'
export { printReport } from './table.ts'
