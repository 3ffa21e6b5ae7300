import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Projects by how long their files take: what is long must not begin when the rest has ended. */
const projects = ['whole', 'system', 'engines', 'infra', 'parts', 'unit']

/** Orders the files of a project as vitest does: the longest of the last run first, or the largest. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ project }: TestSpecification) => projects.indexOf(project.name)
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b))
  }
}
