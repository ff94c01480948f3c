/**
 * Messages: random values of everything that Warren declares, for tests that want all of it.
 */
import fc from 'fast-check'
import { registry } from '../../actors/protocol/registry.js'
import { attributes, resources } from '../../actors/protocol/resources.js'
import { parseAttributes } from '../../actors/resources/attributes.js'
import type { AnyMessage } from '../../runtime/item.js'
import type { Entry } from '../../runtime/registry.js'
import { resources as anyResources } from '../actors/resources/arbitraries.js'
import { arbitraryOf } from './arbitrary-of.js'

const WRITTEN_ATTRIBUTES = ['', 'rack:r1', 'level:3.5;rack:r-2;ports:[1-5,8-9]']

const anyAttributes = fc.constantFrom(...WRITTEN_ATTRIBUTES).map((written) => {
  const parsed = parseAttributes(written)
  if (!parsed.ok) throw new Error(parsed.problem)
  return parsed.value
})

/** What has rules of its own, which its notation cannot say. */
const RULED = new Map<string, fc.Arbitrary<unknown>>([
  [resources.notation, anyResources], [attributes.notation, anyAttributes],
])

export const messageOf = ({ type, body }: Entry): fc.Arbitrary<AnyMessage> =>
  arbitraryOf(body, RULED).map((fields) => ({ type, ...fields }))

/** Any message of any declaration. */
export const anyMessage: fc.Arbitrary<AnyMessage> = fc.oneof(...registry.entries().map(messageOf))
