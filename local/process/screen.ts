/** What a person sees: lines, and on a terminal one block below them that changes in place. */
export interface Screen {
  readonly line: (text: string) => void
  /** Replaces the block. Does nothing without a terminal. */
  readonly block: (rows: readonly string[]) => void
  readonly isTerminal: boolean
}

export const openScreen = (output: NodeJS.WriteStream): Screen => {
  let drawn: readonly string[] = []
  const erase = () => (drawn.length > 0 ? `\x1b[${drawn.length}A\x1b[0J` : '')
  const text = (rows: readonly string[]) => rows.map((row) => `${row}\n`).join('')
  return {
    isTerminal: output.isTTY,
    line: (line) => output.write(`${erase()}${line}\n${text(drawn)}`),
    block: (rows) => {
      if (!output.isTTY || rows.join() === drawn.join()) return
      output.write(`${erase()}${text(rows)}`)
      drawn = rows
    },
  }
}
