/** What the person who asked can put right: one sentence that says what is wrong and what to do. Exit code 2. */
export class CostFault extends Error {}
