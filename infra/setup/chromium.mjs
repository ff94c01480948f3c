/**
 * Chromium: finds the browser with which the console is tested; installs Debian's package where it may. Only
 * `npm test` needs it. Where it may not install, it says what to install.
 */
import { say, SetupError, whenStarted } from './clone.mjs'
import { ensureProgram, isProgram, QUIETLY } from './debian-package.mjs'

/** The same places, in the same order, as in `test/browser/browser.ts`. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

export const findChromium = () => PLACES.find(isProgram)

const INSTALL = `
${QUIETLY}
apt-get update -q
apt-get install -q -y --no-install-recommends chromium fonts-dejavu-core
`

export const ensureChromium = () => ensureProgram({
  name: 'chromium',
  find: findChromium,
  missing: 'Chromium is missing. Installing the package chromium with apt-get, to test the console in …',
  script: INSTALL,
  advice: () => 'Install Chromium to test the console in: sudo apt-get install --no-install-recommends chromium',
})

await whenStarted(import.meta.url, () => {
  const result = ensureChromium()
  if ('missing' in result) throw new SetupError(result.missing)
  say(`Chromium is installed: ${result.program}`)
})
