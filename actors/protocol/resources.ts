/** Resources and attributes as they travel. What arrives has been checked by the algebra's own rules. */
import { Invalid, list, natural, record, refined, table, text, type Schema } from '../../runtime/schema.js'
import { parseAttributes, printAttributes, type Attributes } from '../resources/attributes.js'
import type { Resources } from '../resources/resources.js'
import { resourcesProblem } from '../resources/validity.js'

const written = text()
const range = record({ begin: natural, end: natural })

export const resources: Schema<Resources> = refined(
  record({
    scalars: table(natural, 64), ranges: table(list(range, 4_096), 64), sets: table(list(text(255), 4_096), 64),
  }),
  resourcesProblem,
)

/** They travel as the operator wrote them, and are parsed again by the same rules. */
export const attributes: Schema<Attributes> = {
  notation: 'attributes',
  pack: printAttributes,
  unpack(raw) {
    const parsed = parseAttributes(written.unpack(raw))
    if (!parsed.ok) throw new Invalid(parsed.problem)
    return parsed.value
  },
}
