import type { Proof } from '../world/proof.ts'
import { crashProofs } from './p01-p04.ts'
import { answerProofs } from './p02-p03.ts'
import { replayProofs } from './p05-p06.ts'
import { outageProofs } from './p07-p08.ts'
import { batchProofs } from './p12.ts'
import { gatewayProofs } from './p14-p15.ts'
import { callbackProofs } from './p20-p21.ts'
import { databaseProofs } from './p26-p28.ts'
import { countProofs } from './p37.ts'

const numberOf = ({ id }: Proof) => Number(id.slice(1))

/** All proofs that run on the whole system, by number. */
export const proofs: readonly Proof[] = [
  ...crashProofs,
  ...answerProofs,
  ...replayProofs,
  ...outageProofs,
  ...batchProofs,
  ...gatewayProofs,
  ...callbackProofs,
  ...databaseProofs,
  ...countProofs,
].sort((a, b) => numberOf(a) - numberOf(b))
