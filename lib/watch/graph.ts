import { GraphWidget, type IMetric } from 'aws-cdk-lib/aws-cloudwatch'

/** A graph as all of them are: 6 high, both axes from zero. */
export const graph = (title: string, width: number, left: IMetric[], right: IMetric[] = []) =>
  new GraphWidget({ title, width, height: 6, left, right, leftYAxis: { min: 0 }, rightYAxis: { min: 0 } })
