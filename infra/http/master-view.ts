/** Master view: a master as the others hear of it. Nothing of Node is known here, for the console's sake. */

export interface MasterView {
  readonly name: string
  /** Where its interface answers. */
  readonly url: string
  readonly leading: boolean
  /** What a page of another master says to be let in there. */
  readonly pageKey?: string
}
