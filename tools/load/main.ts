import { readOptions } from './options.ts'
import { runLoad } from './run.ts'
import { startLocalSystem } from './system/local.ts'
import { LoadFault } from './system/system.ts'

const options = (() => {
  try {
    return readOptions(process.argv.slice(2), Date.now())
  } catch (error) {
    if (!(error instanceof LoadFault)) throw error
    console.error(error.message)
    process.exit(2)
  }
})()
const say = (line: string) => console.error(line)
const system = await startLocalSystem({ bus: options.bus, timeScale: 1, assemblyFolder: options.assembly }, say)
try {
  const result = await runLoad({
    system,
    plan: options.plan,
    say,
    sampled: (one) => console.error(JSON.stringify(one)),
  })
  console.log(JSON.stringify(result, null, 2))
} finally {
  await system.stop()
}
