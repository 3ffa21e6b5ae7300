import type { Domain, Stage } from '../lib/stage/stage.ts'
import { stages } from './stages.ts'

/** The stages on every bus and behind every Sigfox door: what `npm run synth:all` and the tests synthesise. */

/** A reserved name (RFC 2606) and a certificate in the account of AWS's own examples, for stages that set none. */
const example = (region: string): Domain => ({
  name: 'callbacks.example.com',
  certificateArn: `arn:aws:acm:${region || 'eu-west-1'}:111122223333:certificate/00000000-0000-0000-0000-000000000000`,
})

/** The stage on this bus and behind this door. */
export const variantOf = (stage: Stage, bus: Stage['bus'], sigfoxDoor: Stage['sigfoxDoor']): Stage => ({
  ...stage,
  bus,
  sigfoxDoor,
  domains: { ...stage.domains, callbacks: stage.domains.callbacks ?? example(stage.region) },
})

/** All stages on one bus and behind one door. */
export const variantsOf = (bus: Stage['bus'], door: Stage['sigfoxDoor']) =>
  Object.values(stages).map((stage) => variantOf(stage, bus, door))
