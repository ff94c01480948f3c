/** Port check: whether the port of a node's interface is free, or who has it. */
import { createServer } from 'node:net'
import { reasonOf } from '../disk/reason.js'
import { problem, warning, well, type Finding } from './finding.js'
import { isSound, question } from './question.js'

/** @param whose what usually answers there: `master` */
export async function portCheck(whose: string, port: number, ip = '127.0.0.1'): Promise<Finding> {
  const check = `port ${port}`
  const taken = await whyTaken(port, ip)
  if (taken === undefined) return well(check, `free for ${whose}`)
  if (taken !== 'EADDRINUSE') return problem(check, `cannot be had: ${taken}`, 'choose another with --port')
  const answer = await question(`http://${ip}:${port}/livez`)
  if (isSound(answer) && answer.text === 'ok\n') return well(check, 'in use, by a node that is well')
  return warning(check, `in use by another program, where ${whose} would answer`,
    'choose another with --port, or end that program')
}

function whyTaken(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'EADDRINUSE' ? 'EADDRINUSE' : reasonOf(error)))
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)))
  })
}
