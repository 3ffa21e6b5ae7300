/** Cells are HTML, and the first names the row. `look` is a CSS class. */
export interface Row {
  readonly cells: readonly string[]
  readonly look?: string
}

const rowOf = ({ cells: [name = '', ...cells], look }: Row) =>
  `<tr${look ? ` class="${look}"` : ''}><th scope="row">${name}</th>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`

/** A table that scrolls within the page where it is too wide. */
export const htmlTable = (head: readonly string[], rows: readonly Row[], look = ''): string =>
  `<div class="wide"><table${look ? ` class="${look}"` : ''}><thead><tr>${head.map((cell) => `<th scope="col">${cell}</th>`).join('')}</tr></thead><tbody>
${rows.map(rowOf).join('\n')}
</tbody></table></div>`
