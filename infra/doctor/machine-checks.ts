/** Machine checks: the Node that runs this, how many files it may open, control groups. Pure but for what they read. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { problem, unknown, warning, well, type Finding } from './finding.js'

/** As package.json says. */
const NODE_MIN = [20, 15] as const
/** The oldest that its makers still mend. */
const NODE_KEPT = 22
/** Below, an agent with some tasks runs out; above, nobody has. */
const FILES_PROBLEM = 256
const FILES_WARNING = 4_096

/** @param version as Node says it: `v20.15.0` */
export function nodeCheck(version: string): Finding {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number)
  const [majorMin, minorMin] = NODE_MIN
  if (major < majorMin || (major === majorMin && minor < minorMin)) {
    return problem('node', `Node ${version} is older than Warren can use`, `install Node ${NODE_KEPT} or later`)
  }
  if (major < NODE_KEPT) {
    return warning('node', `Node ${version} works, and gets no more security fixes`,
      `install Node ${NODE_KEPT} or later when you can`)
  }
  return well('node', `Node ${version}`)
}

/** @param filesMax undefined where the system does not tell */
export function filesCheck(filesMax: number | undefined): Finding {
  const fix = 'raise it with `ulimit -n 65536`, or LimitNOFILE= of its systemd unit'
  if (filesMax === undefined) return unknown('files', 'this system does not tell how many files a process may open')
  const says = `a process may open ${filesMax === Infinity ? 'any number of' : filesMax} files`
  if (filesMax < FILES_PROBLEM) return problem('files', `${says}, which does not suffice for a node`, fix)
  if (filesMax < FILES_WARNING) return warning('files', `${says}; an agent with many tasks needs more`, fix)
  return well('files', says)
}

/** Warren does without: what tasks use is accounted for and not enforced, so nothing here is a fault. */
export function cgroupCheck(root = '/sys/fs/cgroup'): Finding {
  const controllers = textOf(join(root, 'cgroup.controllers'))
  if (controllers !== undefined) {
    return well('cgroups', `version 2, with ${controllers.trim() || 'no controllers'}; tasks are not put into them yet`)
  }
  const isFirst = textOf(join(root, 'memory', 'cgroup.procs')) !== undefined
  const what = isFirst ? 'version 1' : 'none'
  return unknown('cgroups', `${what}; tasks are not put into them yet, so nothing is missing`)
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
