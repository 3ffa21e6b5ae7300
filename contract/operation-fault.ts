/** What was asked for cannot be done as asked: sentences for who asked. Nothing was changed. */
export class OperationFault extends Error {
  override name = 'OperationFault'
  readonly sentences: readonly string[]

  constructor(...sentences: string[]) {
    super(sentences.join('\n'))
    this.sentences = sentences
  }
}
