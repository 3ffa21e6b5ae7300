/** A request that cannot be answered: its HTTP status, and one sentence for the client. */
export class ApiFault extends Error {
  override name = 'ApiFault'
  readonly status: 400 | 404 | 405

  constructor(status: 400 | 404 | 405, sentence: string) {
    super(sentence)
    this.status = status
  }
}
