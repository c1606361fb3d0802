/** A restore that would not do what was meant; its message says what to say or do instead. Nothing was changed. */
export class RestoreRefusedError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'RestoreRefusedError'
  }
}
