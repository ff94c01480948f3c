/**
 * Peers: the frameworks that Warren is held against. They are no dependencies of Warren's: a bench that
 * needs them has npm install them, at the versions below, into a folder of their own in the build.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const VERSIONS = {
  '@nestjs/common': '11.2.6',
  '@nestjs/core': '11.2.6',
  '@nestjs/microservices': '11.2.6',
  'amqp-connection-manager': '5.0.0',
  // The newest that both of them take.
  amqplib: '0.10.9',
  moleculer: '0.14.36',
  'reflect-metadata': '0.2.2',
  rxjs: '7.8.2',
}
const FOLDER = fileURLToPath(new URL('../../peers', import.meta.url))
const PACKAGE = `${JSON.stringify({ name: 'peers', private: true, dependencies: VERSIONS }, null, 2)}\n`
const INSTALL = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-progress', '--loglevel=error']
/** Written when all is installed. */
const STAMP = 'installed.json'

/** The peers cannot be had here; the message is for people. */
export class PeersMissing extends Error {}

/** Throws `PeersMissing` when they are not there and npm cannot install them. */
export async function ensurePeers(progress: (text: string) => void): Promise<void> {
  const stamp = join(FOLDER, STAMP)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === PACKAGE) return
  progress('Installing Moleculer and NestJS, which Warren is held against, into .build/peers with npm …')
  mkdirSync(FOLDER, { recursive: true })
  writeFileSync(join(FOLDER, 'package.json'), PACKAGE)
  const npm = spawn('npm', INSTALL, { cwd: FOLDER, stdio: ['ignore', 'ignore', 'inherit'] })
  npm.on('error', () => undefined)
  const [code] = await once(npm, 'close') as [number | null]
  if (code !== 0) {
    throw new PeersMissing(`npm could not install the peers (exit code ${code}): the rows against them are left out. `
      + 'It needs a network that reaches the npm registry')
  }
  writeFileSync(stamp, PACKAGE)
}

/** Loads one of the peers, which must have been installed. */
export function fromPeers(name: string): unknown {
  return createRequire(join(FOLDER, 'package.json'))(name)
}
