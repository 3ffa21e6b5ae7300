import { describe, expect, test } from 'vitest'
import { buses, sigfoxDoors } from '../../../lib/stage/stage.ts'
import { resources, synthesise } from '../../../test/support/templates.ts'
import { linesOf, widgetsOf } from '../../dashboard/body.ts'
import { draw } from '../../dashboard/draw.ts'

describe.each(synthesise(buses, sigfoxDoors))(
  'the dashboard of $stage.name on $stage.bus behind $stage.sigfoxDoor',
  ({ stage, ingest }) => {
    const [[, { Properties }]] = resources(ingest, 'AWS::CloudWatch::Dashboard') as [
      [string, { Properties: { DashboardBody: unknown } }],
    ]
    const widgets = widgetsOf(Properties.DashboardBody)

    test('no widget overlaps another or extends beyond the 24 columns', () => {
      expect(widgets.length).toBeGreaterThan(20)
      const cells = widgets.flatMap(({ x, y, width, height }) =>
        Array.from({ length: width * height }, (_, i) => `${x + (i % width)} ${y + Math.floor(i / width)}`),
      )
      expect(new Set(cells).size).toBe(cells.length)
      expect(Math.max(...widgets.map(({ x, width }) => x + width))).toBeLessThanOrEqual(24)
    })

    test('in each graph no two lines have the same name', () => {
      for (const widget of widgets) expect(new Set(linesOf(widget)).size).toBe(linesOf(widget).length)
    })

    test('its preview shows every title, and loads nothing', () => {
      const picture = draw(`sluice-${stage.name}`, widgets)
      for (const { properties } of widgets) if (properties.title) expect(picture).toContain(`>${properties.title}<`)
      expect(picture.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:/)
    })
  },
)
