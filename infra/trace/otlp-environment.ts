/** OTLP environment: the variables by which OpenTelemetry is told where a collector is. */
import { kindOf, type NodeAddress } from '../../runtime/address.js'
import { OtlpOutlet, type OtlpOptions } from './otlp-outlet.js'
import { resourceOf } from './otlp-spans.js'

type Environment = Readonly<Record<string, string | undefined>>

const DEFAULTS = { timeoutMs: 10_000, queueMax: 2_048, batchMax: 512, delayMs: 5_000 }

/** Undefined when no collector is named, or tracing is switched off there. */
export function otlpOfEnvironment(node: NodeAddress, environment: Environment = process.env): OtlpOutlet | undefined {
  const options = otlpOptions(node, environment)
  return options && new OtlpOutlet(options)
}

export function otlpOptions(node: NodeAddress, environment: Environment): OtlpOptions | undefined {
  const of = (name: string) =>
    environment[`OTEL_EXPORTER_OTLP_TRACES_${name}`] ?? environment[`OTEL_EXPORTER_OTLP_${name}`]
  const url = urlOf(environment)
  const isOff = environment['OTEL_SDK_DISABLED'] === 'true' || environment['OTEL_TRACES_EXPORTER'] === 'none'
  // Whoever speaks gRPC alone is at another port, and would only hang up.
  if (url === undefined || isOff || of('PROTOCOL') === 'grpc') return undefined
  const named = environment['OTEL_SERVICE_NAME']
  return {
    url, headers: pairs(of('HEADERS')), timeoutMs: numberOf(of('TIMEOUT'), DEFAULTS.timeoutMs),
    isCompressed: of('COMPRESSION') === 'gzip',
    resource: {
      ...resourceOf(node), ...(kindOf(node) ? { 'warren.node.kind': kindOf(node) as string } : {}),
      ...pairs(environment['OTEL_RESOURCE_ATTRIBUTES']), ...(named ? { 'service.name': named } : {}),
    },
    queueMax: numberOf(environment['OTEL_BSP_MAX_QUEUE_SIZE'], DEFAULTS.queueMax),
    batchMax: numberOf(environment['OTEL_BSP_MAX_EXPORT_BATCH_SIZE'], DEFAULTS.batchMax),
    delayMs: numberOf(environment['OTEL_BSP_SCHEDULE_DELAY'], DEFAULTS.delayMs),
  }
}

/** One for traces is meant as it stands; one for everything gets its path. */
function urlOf(environment: Environment): string | undefined {
  const own = environment['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']
  if (own) return own
  const common = environment['OTEL_EXPORTER_OTLP_ENDPOINT']
  return common ? `${common.replace(/\/$/, '')}/v1/traces` : undefined
}

/** `a=b,c=d`, percent-encoded. */
function pairs(text = ''): Readonly<Record<string, string>> {
  return Object.fromEntries(text.split(',').flatMap((pair) => {
    const at = pair.indexOf('=')
    return at > 0 ? [[pair.slice(0, at).trim(), decoded(pair.slice(at + 1).trim())]] : []
  }))
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const numberOf = (text: string | undefined, fallback: number): number =>
  (text !== undefined && /^\d{1,9}$/.test(text) && Number(text) > 0 ? Number(text) : fallback)
