import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkOrigin, isLoopback, type Origins } from '../../../infra/http/guard.js'
import { Refusal } from '../../../infra/http/refusal.js'

const host = '127.0.0.1:5050'
const own = 'http://127.0.0.1:5050'

/** What a request of such a kind brings along, and whether it is let in. */
const REQUESTS: readonly (readonly [what: string, method: string, headers: Origins, isLetIn: boolean])[] = [
  ['a command line', 'POST', { host }, true],
  ['the console', 'POST', { host, origin: own, 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' }, true],
  ['an address that is typed', 'GET', { host, 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' }, true],
  ['a link on another page', 'GET', { host, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }, true],
  ['a form of another page', 'POST', { host, origin: 'http://evil.example', 'sec-fetch-site': 'cross-site' }, false],
  ['a form of a page without an address', 'POST', { host, origin: 'null' }, false],
  ['a page of another port', 'POST', { host, origin: 'http://127.0.0.1:3000', 'sec-fetch-site': 'same-site' }, false],
  ['another scheme', 'POST', { host, origin: 'https://127.0.0.1:5050' }, false],
  ['a browser that keeps the origin to itself', 'POST', { host, 'sec-fetch-site': 'cross-site' }, false],
  ['a page of another port, without origin', 'DELETE', { host, 'sec-fetch-site': 'same-site' }, false],
  ['a script of another page', 'GET', { host, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, false],
  ['a name that was bent to here', 'GET', { host: 'evil.example:5050' }, false],
  ['nobody in particular', 'GET', {}, false],
]

for (const [what, method, headers, isLetIn] of REQUESTS) {
  test(`${what} is ${isLetIn ? 'let in' : 'refused'}`, () => {
    const check = () => checkOrigin(method, headers)
    if (isLetIn) check()
    else assert.throws(check, (error) => error instanceof Refusal && error.code === 'forbidden')
  })
}

test('only loopback is this machine', () => {
  for (const here of ['127.0.0.1', '127.9.9.9', '::1', 'localhost']) assert.ok(isLoopback(here), here)
  for (const there of ['0.0.0.0', '10.0.0.1', '127.0.0.1.evil', '']) assert.ok(!isLoopback(there), there)
})
