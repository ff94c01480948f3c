import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { refOf } from '../../runtime/address.js'
import { options, row, seenCluster } from './seen-cluster.js'

const held = seenCluster()

test('a browser that opens the master comes to the overview, which says that all is well', options, async () => {
  await held.seen.page.goto(held.seen.cluster.http)
  await held.seen.page.getByRole('heading', { name: 'Overview' }).waitFor()
  assert.equal(new URL(held.seen.page.url()).pathname, '/console/')
  await held.seen.page.getByText('All is well.').waitFor()
  await held.seen.page.getByRole('img', { name: /CPU: 0 % used/ }).waitFor()
  await held.seen.page.locator('.top', { hasText: 'leader m1' }).waitFor()
  await held.seen.page.getByRole('link', { name: 'Agents 2' }).waitFor()
})

test('agents are listed, lead to their page, and lie on a map', options, async () => {
  const page = await held.seen.open('agents')
  await row(page, 'a1').getByText('active').waitFor()
  await row(page, 'a2').getByRole('link', { name: 'a2' }).click()
  await page.getByRole('heading', { name: /a2/ }).waitFor()
  await page.getByText('rack:r2').waitFor()
  await page.getByText('belongs to the cluster').waitFor()
  await page.getByRole('link', { name: 'Topology', exact: true }).click()
  await page.getByRole('img', { name: /^2 machines/ }).waitFor()
})

test('a task appears while one looks on, runs, and its end is seen without asking again', options, async () => {
  const page = await held.seen.open('tasks')
  await page.getByText(/0 tasks|no task has run/i).first().waitFor()
  const gate = join(held.seen.directory, 'gate')
  execFileSync('mkfifo', [gate])
  await held.seen.tenant.start('slow', `cat ${gate}; exit 3`)
  await row(page, 'slow').getByText('running').waitFor()
  await held.seen.tenant.start('quick', 'echo done')
  await row(page, 'quick').getByText('finished').waitFor()
  writeFileSync(gate, '')
  await row(page, 'slow').getByText('failed').waitFor()
  await page.getByText('exit code 3').waitFor()
})

test('the output of a task is followed, and its states are told', options, async () => {
  await held.seen.tenant.start('talk', 'for i in 1 2 3; do echo word-$i; sleep 0.3; done; echo oops >&2; sleep 600')
  const page = await held.seen.open('tasks')
  await row(page, 'talk').getByRole('link', { name: 'talk' }).click()
  await page.getByText('word-3').waitFor()
  await page.locator('.output .err', { hasText: 'oops' }).waitFor()
  await page.locator('.steps').getByText('task talk is RUNNING').waitFor()
  await page.getByRole('button', { name: 'End the task' }).click()
  await page.getByRole('dialog', { name: 'End talk?' }).getByRole('button', { name: 'End the task' }).click()
  await page.getByText('talk was asked to end.').waitFor()
  await page.locator('h1').getByText('killed').waitFor()
})

test('the keyboard finds, chooses and opens; a filter is part of the address', options, async () => {
  const page = await held.seen.open('tasks')
  await row(page, 'quick').waitFor()
  await page.keyboard.press('/')
  await page.keyboard.type('state:finished quick')
  await page.getByText(/^1 of \d+ tasks$/).waitFor()
  assert.equal(new URL(page.url()).searchParams.get('q'), 'state:finished quick')
  await page.keyboard.press('Tab')
  await page.locator('main').focus()
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: /quick/ }).waitFor()
  await page.keyboard.press('?')
  await page.getByRole('dialog').getByText('this help').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.keyboard.press('g')
  await page.keyboard.press('e')
  await page.getByRole('heading', { name: 'Events' }).waitFor()
})

test('frameworks, roles, offers and events are what the master knows', options, async () => {
  const page = await held.seen.open('frameworks')
  await row(page, 'painter').getByRole('link', { name: 'painter' }).click()
  await row(page, 'quick').waitFor()
  await held.seen.open('roles')
  await page.locator('.tree.roles').getByRole('link', { name: 'painter' }).waitFor()
  await held.seen.open('offers')
  await page.getByText('accepted').first().waitFor()
  await held.seen.open('events?q=task')
  await row(page, 'task slow is FAILED with exit code 3').getByText('warn').waitFor()
})

test('actors are shown as they supervise each other, with the last failure', options, async () => {
  const page = await held.seen.open('actors')
  const master = page.getByRole('region', { name: 'master-m1' })
  await master.getByRole('button', { name: /^registrar/ }).click()
  await page.getByRole('complementary', { name: 'Actor master/registrar' }).getByText('escalate').waitFor()
  assert.match(page.url(), /actor=master-m1/)
  await page.keyboard.press('Escape')
  await page.getByRole('region', { name: 'agent-a1' }).getByRole('button', { name: /^updates/ }).waitFor()
  await page.getByRole('region', { name: /framework-painter/ }).getByRole('button', { name: /^scheduler/ }).waitFor()
  await held.seen.open('broker')
  await row(page, 'agent-a2').getByText('connected').waitFor()
})

test('a dead letter is shown with its reason and body, and is sent again', options, async () => {
  const { system } = held.seen.cluster.master
  system.tell<{ type: string; colour: string }>(refOf(system.node, 'nobody'), { type: 'greet', colour: 'teal' })
  const page = await held.seen.open('dead-letters')
  await row(page, 'greet').getByRole('button', { name: 'greet' }).click()
  const letter = page.getByRole('complementary', { name: 'Dead letter' })
  await letter.getByText('"colour": "teal"').waitFor()
  await letter.getByText(/no-such-actor/).first().waitFor()
  await letter.getByRole('button', { name: 'Send it again' }).click()
  await page.getByText('2 no-such-actor').waitFor()
})

test('nothing was logged, thrown, or asked of anybody else', options, () => {
  assert.deepEqual(held.seen.faults, [])
})
