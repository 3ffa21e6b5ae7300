import { billOf } from '../../cost/model/bill.ts'
import { overloads } from '../../cost/model/capacity.ts'
import { openCatalogue, priceFile } from '../../cost/model/catalogue.ts'
import { approximate, decimal } from '../../cost/model/decimal.ts'
import { hourly } from '../../cost/model/traffic.ts'
import { deploymentOf } from '../../cost/stage/deployment.ts'
import { billedStage, type Dollars } from '../result/growth.ts'
import type { Options } from './options.ts'

const region = 'us-east-1'

/** The bill of `npm run cost -- stage prod` for a fleet that reports once an hour. It does not look into the messages. */
export const openBill = async ({ plan, bus }: Pick<Options, 'plan' | 'bus'>) => {
  const deployment = await deploymentOf(billedStage, bus)
  const catalogue = openCatalogue(priceFile, region)
  return (devices: number): Dollars => {
    const traffic = {
      ...hourly(Math.max(1, Math.round(devices)), plan.sigfoxBatches ? ('batched' as const) : ('one-by-one' as const)),
      sigfoxPercent: decimal(plan.sigfoxShare),
    }
    const { everything } = billOf(deployment, traffic, catalogue)
    return { aMonth: approximate(everything), isCarried: overloads(deployment, traffic).length === 0 }
  }
}
