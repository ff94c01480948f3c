/**
 * Turns conformance: what an actor may rely on, whoever gives it its turns. The same sentences hold
 * under nact and under the seeded scheduler, so that what a simulation shows is true in production.
 */
import { turnsConformanceOfEscalation } from './conformance/escalation.js'
import { turnsConformanceOfLife } from './conformance/life.js'
import { turnsConformanceOfMailboxes } from './conformance/mailboxes.js'
import { turnsConformanceOfNotices } from './conformance/notices.js'
import { turnsConformanceOfQuestions } from './conformance/questions.js'
import { turnsConformanceOfSupervision } from './conformance/supervision.js'
import type { Pace } from '../support/pace.js'

export function turnsConformance(start: () => Pace): void {
  turnsConformanceOfMailboxes(start)
  turnsConformanceOfLife(start)
  turnsConformanceOfNotices(start)
  turnsConformanceOfQuestions(start)
  turnsConformanceOfSupervision(start)
  turnsConformanceOfEscalation(start)
}
