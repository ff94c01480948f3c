/** Agent families: whether an agent is registered, and the disk that its work directory is on. */
import { statfs } from 'node:fs/promises'
import { gauge, only, type Family } from './family.js'

export async function agentFamilies(isRegistered: boolean, workDir: string): Promise<readonly Family[]> {
  const disk = await statfs(workDir).catch(() => undefined)
  return [
    gauge('warren_agent_registered', 'Whether a master has taken this agent on.', only(isRegistered ? 1 : 0)),
    gauge('warren_work_directory_bytes', 'Of the disk that the work directory is on.', disk ? [
      [{ status: 'total' }, disk.blocks * disk.bsize], [{ status: 'free' }, disk.bavail * disk.bsize],
    ] : []),
  ]
}
