/**
 * Asked: the questions that one life of an actor has open. Each ends with one notice: what the actor
 * makes of the answer, or of there being none. They end with the incarnation, and its late answers find
 * nobody.
 */
import type { Ref } from './address.js'
import type { AnyMessage, Item, Notice } from './item.js'
import type { Question, Questions } from './questions.js'
import type { TraceContext } from './trace.js'

/** Questions that one actor may have open at once; their answers have room in its control lane. */
export const QUESTIONS_OPEN_MAX = 1_000

/** What the actor receives when a question has ended; without an answer if none came in time. */
export type Answered = (answer: AnyMessage | undefined) => AnyMessage

/** What a notice is about: the answer, or the lack of one. */
export type About = Pick<Item, 'message' | 'from' | 'trace'>
const UNANSWERED = { message: { type: 'unanswered' }, from: undefined }

export class Asked {
  private readonly open = new Set<Question>()
  private over = false

  /**
   * @param begin a trace that nothing caused
   * @param arrive puts a notice into the actor's mailbox, with what it is about
   */
  constructor(
    private readonly questions: Questions, private readonly begin: () => TraceContext,
    private readonly arrive: (notice: Notice, about: About) => boolean,
  ) {}

  /** Throws when too many are open. Answers the address to answer to. */
  ask(withinMs: number, answered: Answered): Ref<never> {
    if (this.open.size >= QUESTIONS_OPEN_MAX) throw new Error(`it has ${QUESTIONS_OPEN_MAX} questions open already`)
    const question = this.questions.ask(withinMs, (outcome) => {
      this.open.delete(question)
      const answer = typeof outcome === 'string' ? undefined : outcome
      const notice = new AnswerNotice(() => !this.over, answered, answer?.message)
      this.arrive(notice, answer ?? { ...UNANSWERED, trace: this.begin() })
    })
    this.open.add(question)
    return question.replyTo
  }

  /** The incarnation is over. */
  closeAll(): void {
    this.over = true
    for (const question of this.open) question.close()
    this.open.clear()
  }
}

class AnswerNotice implements Notice {
  constructor(
    private readonly isLive: () => boolean, private readonly answered: Answered,
    private readonly answer: AnyMessage | undefined,
  ) {}

  get live(): boolean {
    return this.isLive()
  }

  /** Asked for in the actor's turn, so that what `answered` throws is the actor's fault. */
  get message(): AnyMessage {
    return this.answered(this.answer)
  }

  taken(): void {
    // It has been taken out of the mailbox, and nothing else knows of it.
  }
}
