/** Validation: why a task cannot be launched, in the order in which a user would fix it. Pure. */
import { roleProblem } from '../protocol/ids.js'
import type { FrameworkInfo } from '../protocol/scheduler.js'
import { isTerminal, type ExecutorInfo, type TaskInfo } from '../protocol/task.js'
import { printResources } from '../resources/print.js'
import { contains, equals, isEmpty, NONE, scalar, subtract, type Resources } from '../resources/resources.js'
import { resourcesProblem } from '../resources/validity.js'
import type { Cluster, ExecutorRecord, FrameworkRecord } from './cluster.js'

export const KILL_GRACE_MAX_MS = 24 * 3_600_000

/**
 * Why `task` must not be launched, or undefined.
 * @param remaining what is left of the offers after the tasks before it
 * @param running the executor of that id on that agent, if there is one already
 */
export function taskProblem(
  framework: FrameworkRecord, task: TaskInfo, remaining: Resources, running: ExecutorRecord | undefined,
): string | undefined {
  const same = framework.tasks.get(task.taskId)
  if (same && !isTerminal(same.state)) return `task id '${task.taskId}' is in use; choose another`
  if (same) return `task id '${task.taskId}' has ended but its end is not yet acknowledged; choose another`
  if ((task.killGraceMs ?? 0) > KILL_GRACE_MAX_MS) return `killGraceMs is longer than a day; choose a shorter grace`
  if (isEmpty(task.resources)) return 'the task asks for no resources; give it some, such as cpus:0.1;mem:32'
  const illegal = resourcesProblem(task.resources)
  if (illegal) return illegal
  if ((task.command === undefined) === (task.executor === undefined)) {
    return 'give the task either a command or an executor'
  }
  const unrunnable = task.command ? commandProblem(task.command.program) : executorProblem(task.executor, running)
  if (unrunnable) return unrunnable
  return roomProblem(task.resources, task.executor && !running ? task.executor.resources : NONE, remaining)
}

/** A port that both the task and its new executor name is asked for twice, and is there once. */
function roomProblem(ofTask: Resources, ofExecutor: Resources, remaining: Resources): string | undefined {
  const isRoom = contains(remaining, ofExecutor) && contains(subtract(remaining, ofExecutor), ofTask)
  if (isRoom) return undefined
  const more = isEmpty(ofExecutor) ? '' : ` and ${printResources(ofExecutor)} for its executor`
  const left = printResources(remaining) || 'nothing'
  return `needs ${printResources(ofTask)}${more}; only ${left} is left of the offers`
}

/** Why a framework cannot subscribe, or undefined. */
export function frameworkProblem(info: FrameworkInfo): string | undefined {
  if (info.name === '') return 'the framework has no name'
  if (info.roles.length === 0) return 'the framework has no role; give it at least one, such as *'
  if (new Set(info.roles).size < info.roles.length) return 'the framework names a role twice'
  return info.roles.map(roleProblem).find((problem) => problem !== undefined)
}

/** Why no agent of the cluster could ever hold `wanted`; undefined when one could, or none is there yet. */
export function fitProblem(cluster: Cluster, wanted: Resources): string | undefined {
  const totals = [...cluster.agents.values()].map((agent) => agent.info.resources)
  if (totals.length === 0 || totals.some((total) => contains(total, wanted))) return undefined
  for (const name of Object.keys(wanted.scalars)) {
    const largest = Math.max(...totals.map((total) => scalar(total, name)))
    const needed = scalar(wanted, name)
    if (needed > largest) return `needs ${needed} ${name}; the largest agent has ${largest}`
  }
  return `needs ${printResources(wanted)}; no agent has all of that`
}

function programProblem(program: ExecutorInfo['program']): string | undefined {
  switch (program.type) {
    case 'argv': return program.argv.length === 0 || program.argv[0] === '' ? 'the command is empty' : undefined
    case 'shell': return program.line.trim() === '' ? 'the command is empty' : undefined
    case 'module': return program.file === '' ? 'the module names no file' : undefined
  }
}

/** Commands are processes; a module would not know what to do without an executor's protocol. */
const commandProblem = (program: ExecutorInfo['program']): string | undefined => program.type === 'module'
  ? 'a module is no command; give it as the program of an executor' : programProblem(program)

function executorProblem(executor: ExecutorInfo | undefined, running: ExecutorRecord | undefined): string | undefined {
  if (!executor) return 'give the task either a command or an executor'
  if (running && !equals(running.resources, executor.resources)) {
    return `executor '${executor.executorId}' is already running there with other resources; use another executor id`
  }
  return programProblem(executor.program)
}
