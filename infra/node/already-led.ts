/** Already led: another master leads the cluster that this one was to lead. */
export class AlreadyLedError extends Error {}
