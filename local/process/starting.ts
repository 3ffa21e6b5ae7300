/** The local run cannot start, and one sentence says why and what to change. It is printed without a stack. */
export class StartFault extends Error {
  override name = 'StartFault'
}
