/**
 * OTLP for tests: reads what was sent to a collector with OpenTelemetry's own definitions: the JSON becomes a
 * message of theirs, is encoded as they encode it, and decoded again. What they do not declare fails.
 */
import { createRequire } from 'node:module'
import { createServer } from 'node:http'
import { gunzipSync } from 'node:zlib'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

interface Message {
  fromObject(plain: object): object
  encode(message: object): { finish(): Uint8Array }
  decode(bytes: Uint8Array): object
  toObject(message: object, options: object): Readonly<Record<string, unknown>>
  verify(plain: object): string | null
}

interface Plain {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Pair[] }
    readonly scopeSpans: readonly { readonly spans: readonly PlainSpan[] }[]
  }[]
}
type Pair = { readonly key: string; readonly value: Readonly<Record<string, string>> }
interface PlainSpan {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string
  readonly startTimeUnixNano: string
  readonly attributes: readonly Pair[]
}

export interface DecodedSpan {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string
  readonly startMs: number
  readonly attributes: Readonly<Record<string, string | number>>
}

export interface DecodedOtlp {
  readonly resources: readonly Readonly<Record<string, string | number>>[]
  readonly spans: readonly DecodedSpan[]
}

const ID = /^(?:trace|span|parentSpan)Id$/
const ROOT = '@opentelemetry/otlp-transformer/build/src/generated/root.js'
const { opentelemetry } = createRequire(import.meta.url)(ROOT) as {
  readonly opentelemetry: {
    readonly proto: { readonly collector: { readonly trace: { readonly v1: { ExportTraceServiceRequest: Message } } } }
  }
}
const { ExportTraceServiceRequest: Request } = opentelemetry.proto.collector.trace.v1

export function decodedOtlp(json: Uint8Array): DecodedOtlp {
  // Ids are hexadecimal in OTLP's JSON, and base64 in that of Protocol Buffers.
  const plain = JSON.parse(Buffer.from(json).toString(), (key, value: unknown) =>
    (ID.test(key) ? Buffer.from(String(value), 'hex').toString('base64') : value)) as object
  const message = Request.fromObject(plain)
  const problem = Request.verify(message)
  if (problem !== null) throw new Error(problem)
  const decoded = Request.toObject(Request.decode(Request.encode(message).finish()), { longs: String, bytes: String })
  checkNothingLost(plain, decoded)
  const { resourceSpans } = decoded as unknown as Plain
  return {
    resources: resourceSpans.map(({ resource }) => named(resource.attributes)),
    spans: resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans.map(spanOf))),
  }
}

/** A collector that takes everything, or answers what `answer` says. */
export async function collector(t: TestContext, answer: (request: number) => number = () => 200) {
  const received: { readonly path: string; readonly headers: object; readonly otlp: DecodedOtlp }[] = []
  let requests = 0
  let wake: () => void = () => undefined
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      const status = answer(++requests)
      const body = Buffer.concat(chunks)
      if (status === 200) {
        const json = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
        received.push({ path: request.url ?? '', headers: request.headers, otlp: decodedOtlp(json) })
      }
      response.writeHead(status, { 'content-type': 'application/json' }).end('{}')
      wake()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received,
    get requests() {
      return requests
    },
    async until(isMet: () => boolean): Promise<void> {
      while (!isMet()) await new Promise<void>((resolve) => { wake = resolve })
    },
  }
}

const spanOf = ({ name, traceId, spanId, parentSpanId, startTimeUnixNano, attributes }: PlainSpan): DecodedSpan => ({
  name, traceId: hex(traceId), spanId: hex(spanId), parentSpanId: hex(parentSpanId ?? ''),
  startMs: Number(BigInt(startTimeUnixNano) / 1_000_000n), attributes: named(attributes),
})

const hex = (base64: string): string => Buffer.from(base64, 'base64').toString('hex')
const named = (attributes: readonly Pair[]) => Object.fromEntries(attributes.map(({ key, value }) =>
  [key, value['stringValue'] ?? Number(value['intValue'] ?? value['doubleValue'])]))

/** Every name that was sent is there afterwards. */
function checkNothingLost(sent: unknown, had: unknown): void {
  if (typeof sent !== 'object' || sent === null) return
  for (const [name, value] of Object.entries(sent)) {
    const there = (had as Readonly<Record<string, unknown>> | undefined)?.[name]
    if (there === undefined) throw new Error(`OpenTelemetry does not know '${name}'`)
    checkNothingLost(value, there)
  }
}
