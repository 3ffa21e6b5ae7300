/** The paths of the HTTP door. The template has a route for each, `core/ingest/callbacks.ts` a reader. */
export const callbackPaths = ['/sigfox/uplink', '/sigfox/batch'] as const
