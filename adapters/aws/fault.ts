/** An Error whose name says what is wrong in one word, as AWS's services do. */
export const awsFault = (name: string, message: string): Error => Object.assign(new Error(message), { name })
