/** An error that the user can correct, in a sentence that says what to do. Exit code 2. */
export class CostFault extends Error {}
