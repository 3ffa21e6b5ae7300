import { stages } from '../../../bin/stages.ts'
import type { Deployment } from '../model/deployment.ts'
import { CostFault } from '../model/fault.ts'
import { lean } from './lean.ts'
import { withStage } from './literal.ts'
import { synthesise } from './synthesise.ts'

/** A stage of `bin/`, or `lean`, which varies the template of `prod`. @throws CostFault if there is no such stage */
export const deploymentOf = async (name: string, bus?: Deployment['bus']): Promise<Deployment> => {
  if (name === lean.name) return withStage(await synthesise('prod'), { ...lean, bus: bus ?? lean.bus })
  if (stages[name]) return synthesise(name, { bus })
  throw new CostFault(`There is no stage "${name}"; choose one of ${[...Object.keys(stages), lean.name].join(', ')}.`)
}
