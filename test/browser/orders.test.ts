import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { openTenant } from '../support/operated-cluster.js'
import { violations } from './access.js'
import { openPage } from './browser.js'
import { options, row, seenCluster } from './seen-cluster.js'

const held = seenCluster()

interface Task {
  readonly id: string
  readonly state: string
  readonly agent: string
  readonly launch: string
}

const tasks = async (): Promise<readonly Task[]> =>
  ((await (await fetch(`${held.seen.cluster.http}/v1/tasks`)).json()) as { tasks: readonly Task[] }).tasks

const taskOf = async (id: string): Promise<Task> => {
  const task = (await tasks()).find((each) => each.id === id)
  assert.ok(task)
  return task
}

test('an agent is drained by the keyboard alone, says how far it is, and is reactivated', options, async () => {
  const { seen } = held
  await seen.tenant.start('stayer', 'trap "" TERM; while :; do sleep 0.1; done')
  const { agent } = await taskOf('stayer')
  const page = await seen.open(`agents/${agent}`)
  const drain = page.getByRole('button', { name: 'Drain', exact: true })
  await drain.focus()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: /^Drain a\d\?$/ })
  await dialog.getByText('The one task on it will be asked to end').waitFor()
  assert.deepEqual(await violations(page), [])
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  assert.equal(await page.evaluate('document.activeElement.textContent'), 'Drain', 'the focus is back')
  await page.keyboard.press('Enter')
  await dialog.getByLabel('Time for each task to end').selectOption('2 min')
  await dialog.getByRole('button', { name: 'Drain' }).press('Enter')
  await page.getByText(/^a\d drains: 1 task still to end\.$/).waitFor()
  await page.locator('h1').getByText('draining').waitFor()
  // Its own command would take minutes to end the task that will not go.
  await fetch(`${seen.cluster.http}/v1/agents/${agent}/drain?graceMs=0`, { method: 'POST' })
  await page.getByText('it has no tasks and waits to be reactivated').waitFor()
  await page.getByRole('button', { name: 'Reactivate' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Reactivate' }).click()
  await page.getByText('is offered again.').waitFor()
  await page.locator('h1').getByText('active').waitFor()
})

test('a framework is torn down once its name is written, and its tasks end', options, async (t: TestContext) => {
  const { seen } = held
  const doomed = await openTenant(seen.cluster.hub, 'doomed')
  t.after(() => doomed.close())
  await doomed.start('victim', 'sleep 600')
  const page = await seen.open('frameworks')
  await row(page, 'doomed').getByRole('link', { name: 'doomed' }).click()
  await page.getByRole('button', { name: 'Tear down' }).click()
  const dialog = page.getByRole('dialog', { name: 'Tear down doomed?' })
  const confirm = dialog.getByRole('button', { name: 'Tear down' })
  assert.equal(await confirm.isEnabled(), false)
  await dialog.getByLabel('Write doomed to go on').fill('doom')
  await page.keyboard.press('Enter')
  assert.equal(await confirm.isEnabled(), false, 'a part of the name is not enough')
  assert.deepEqual(await violations(page), [])
  await dialog.getByLabel('Write doomed to go on').fill('doomed')
  await page.keyboard.press('Enter')
  await page.getByText('doomed is torn down.').waitFor()
  await row(page, 'victim').getByText('killed').waitFor()
})

test('a refusal is shown with its reason where it was asked for', options, async () => {
  const { seen } = held
  const page = await seen.open('agents')
  await row(page, 'a2').getByRole('link', { name: 'a2' }).click()
  await page.getByRole('button', { name: 'Deactivate' }).click()
  const dialog = page.getByRole('dialog', { name: 'Deactivate a2?' })
  const id = new URL(page.url()).pathname.split('/').at(-1) ?? ''
  await fetch(`${seen.cluster.http}/v1/agents/${id}/gone`, { method: 'POST' })
  await page.locator('h1').getByText('gone').waitFor()
  await dialog.getByRole('button', { name: 'Deactivate' }).click()
  await dialog.getByRole('alert').getByText(/It was refused: .*gone/).waitFor()
  await dialog.getByRole('button', { name: 'Close' }).click()
  await dialog.waitFor({ state: 'detached' })
  seen.faults.splice(0, seen.faults.length, ...seen.faults.filter((fault) => !/404|503/.test(fault)))
})

test('an order that a master sends on, because it leads no more, reaches who leads by then', options, async () => {
  const { seen } = held
  await seen.tenant.start('late', 'sleep 600')
  const { agent } = await taskOf('late')
  const page = await seen.open(`agents/${agent}`)
  const answers: number[] = []
  await page.route(/\/deactivate$/, (route) => {
    const isFirst = answers.push(answers.length) === 1
    return isFirst ? route.fulfill({ status: 307, headers: { location: 'http://127.0.0.1:1/' } }) : route.continue()
  })
  await page.getByRole('button', { name: 'Deactivate' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Deactivate' }).click()
  await page.locator('h1').getByText('deactivated').waitFor()
  assert.equal(answers.length, 2)
  await page.getByRole('button', { name: 'Reactivate' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Reactivate' }).click()
  await page.locator('h1').getByText('active').waitFor()
})

test('a page from elsewhere cannot give orders, by a form or by a script', options, async (t: TestContext) => {
  const { seen } = held
  await seen.tenant.start('treasure', 'sleep 600')
  const { launch } = await taskOf('treasure')
  const target = `${seen.cluster.http}/v1/tasks/${launch}/kill`
  const evil = createServer((_, response) => {
    response.setHeader('content-type', 'text/html')
    response.end(`<form method="post" action="${target}"><button>Win a prize</button></form>`)
  }).listen(0, '127.0.0.1')
  await once(evil, 'listening')
  t.after(() => evil.close())
  const origin = `http://127.0.0.1:${(evil.address() as AddressInfo).port}`
  const { page } = await openPage(seen.browser, origin)
  await page.goto(origin)
  await page.evaluate(`Promise.all(['no-cors', 'cors'].map((mode) =>
    fetch('${target}', { method: 'POST', mode }).catch(() => 0)))`)
  await page.getByRole('button').click()
  await page.getByText('may not change this cluster').waitFor()
  await page.close()
  assert.equal((await taskOf('treasure')).state, 'RUNNING')
})

test('nothing was logged, thrown, or asked of anybody else', options, () => {
  assert.deepEqual(held.seen.faults, [])
})
