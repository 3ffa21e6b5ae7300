import type { Reporter } from 'vitest/node'

/** Prints one plain line at the end of a run, for whoever reads it by machine. */
export default class ClosingLine implements Reporter {
  onTestRunEnd: NonNullable<Reporter['onTestRunEnd']> = (modules, unhandledErrors) => {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const count = (state: string) => tests.filter((test) => test.result().state === state).length
    // a file that does not even load, or an error outside any test, is a failure as well
    const broken = modules.filter((module) => module.errors().length > 0).length + unhandledErrors.length
    const skipped = count('skipped')
    const counts = [`${count('passed')} passed`, `${count('failed') + broken} failed`]
    console.log([...counts, ...(skipped > 0 ? [`${skipped} skipped`] : [])].join(', '))
  }
}
