/** Author: what `import … from 'warren'` gives to whoever writes frameworks and executors. */
export { framework } from '../actors/scheduler/framework.js'
export type {
  Framework, FrameworkContext, FrameworkEvent, ReadRequest, Refusing,
} from '../actors/scheduler/framework.js'
export { executorOf, task } from '../actors/scheduler/task.js'
export type { TaskWish } from '../actors/scheduler/task.js'
export { executor } from '../actors/executor/executor.js'
export type { Executor, ExecutorContext, ExecutorInput } from '../actors/executor/executor.js'
export { of as resources, amountsOf, takePorts } from '../actors/resources/amounts.js'
export { add, contains, isEmpty, scalar, subtract } from '../actors/resources/resources.js'
export type { Resources } from '../actors/resources/resources.js'
export { isTerminal } from '../actors/protocol/task.js'
export type { StatusUpdate, TaskInfo, TaskState } from '../actors/protocol/task.js'
export type { Offer } from '../actors/protocol/scheduler.js'
