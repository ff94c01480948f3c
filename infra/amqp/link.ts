import type { OpenLink } from '../link.js'
export const amqpLink = (_urls: readonly string[], _cluster: string): OpenLink => { throw new Error("soon") }
