/** Second framework of the worked example: is glad of whatever is left, and keeps it. */
import { framework } from '../../scheduler/framework.js'

export default framework<number>({
  name: 'framework-2',
  initial: () => 0,
  receive: (offered, event) => (event.type === 'offers' ? offered + event.offers.length : offered),
})
