import { aligned } from '../command-line/aligned.ts'
import { type Account, Refusal } from './account.ts'
import type { Finding, Question } from './questions.ts'

/** `unknown`: the identity may not ask, or nobody answered. That is no reason not to try. */
export interface Answered {
  readonly question: Question
  readonly state: Finding['state'] | 'unknown' | 'not asked'
  readonly have: string
}

/** Asks one after the other, so that no account's limit of calls is met. */
export const askAll = async (questions: readonly Question[], account: Account): Promise<Answered[]> => {
  const answers: Answered[] = []
  for (const question of questions) {
    try {
      answers.push({ question, ...(await question.ask(account)) })
    } catch (error) {
      const why = error instanceof Refusal ? error.code : (error as Error).message
      answers.push({ question, state: 'unknown', have: `${why} (${question.action})` })
    }
  }
  return answers
}

/** A line for each question, and below those that are missing what to do. */
export const report = (answers: readonly Answered[]): string => {
  const lines = aligned(answers.map(({ question: { what, need }, state, have }) => [state, what, need, have]))
  return lines
    .split('\n')
    .flatMap((line, i) => {
      const { state, question } = answers[i] as Answered
      return state === 'missing' ? [line, `          do: ${question.remedy}`] : [line]
    })
    .join('\n')
}
