import { style as shared } from './style.ts'
import { escaped } from './svg.ts'

/** A self-contained page. `style` adds to the look of all pages, `body` is HTML. */
export const document = (title: string, style: string, body: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title><style>${shared}${style}</style></head><body>${body}</body></html>\n`
