/** An operation cannot be done as asked, and nothing was changed. Its sentences are for the person who asked. */
export class OperationFault extends Error {
  override name = 'OperationFault'
  readonly sentences: readonly string[]

  constructor(...sentences: string[]) {
    super(sentences.join('\n'))
    this.sentences = sentences
  }
}
