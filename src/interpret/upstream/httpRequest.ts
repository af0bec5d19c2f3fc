import type { Dispatcher, Pool } from 'undici';
import type { CallFailure } from '../providerError.ts';
import type { Headers } from '../limits/rateLimitHeaders.ts';

/** The limits of one call in milliseconds. When one passes, the socket is closed. */
export interface Deadlines {
  /** Until the request can be written: a connection, with TLS. @default 5000 */
  connectMs?: number | undefined;
  /** From then to the first header. @default 30000 */
  headersMs?: number | undefined;
  /** Silence between two pieces of the reply. @default 10000 */
  idleMs?: number | undefined;
  /** All of it. @default 60000 */
  totalMs?: number | undefined;
}

export const defaultDeadlines = { connectMs: 5_000, headersMs: 30_000, idleMs: 10_000, totalMs: 60_000 } as const;

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

export interface Call {
  readonly path: string;
  readonly headers: readonly string[];
  readonly body: Buffer;
  readonly deadlines: Readonly<Record<'connectMs' | 'headersMs' | 'idleMs' | 'totalMs', number>>;
  /** Asked when a connection is there, right before the request is written. */
  readonly mayCall?: (() => boolean) | undefined;
}

/** No vendor's caption is longer; what is, is not one. */
const LARGEST_REPLY = 8 * 2 ** 20;

/** How long a reply that looks complete may keep the connection open before it is read. */
const OPEN_END_MS = 1_000;
const CLOSING_BRACE = 0x7d;
/** A timer that is so late was not late because of the upstream. */
const BUSY_MS = 20;

/**
 * One POST. `done` is called once, with the whole reply or with why there is none, and not at all after the returned
 * function was called, which closes the socket. undici's own time limits tick twice a second, which is too coarse for
 * limits that tests hold to 50 ms; one timer a call is cheap.
 */
export function exchange(pool: Pool, call: Call, done: (outcome: Reply | (CallFailure & { readonly status: number })) => void): () => void {
  const { deadlines } = call;
  let endAt = performance.now() + deadlines.totalMs;
  let listenedOn = false;
  let controller: Dispatcher.DispatchController | undefined;
  let over = false;
  let status = 0;
  let headers: Headers = {};
  let size = 0;
  const chunks: Buffer[] = [];
  let phase: 'connect' | 'headers' | 'idle' | 'end' = 'connect';
  let phaseEnd = Infinity;
  let armedFor = Infinity;
  let timer: NodeJS.Timeout | undefined;

  const finish = (outcome: Parameters<typeof done>[0]): void => {
    if (over) return;
    over = true;
    clearTimeout(timer);
    done(outcome);
  };
  const arm = (): void => {
    armedFor = Math.min(phaseEnd, endAt);
    clearTimeout(timer);
    timer = setTimeout(expire, armedFor - performance.now());
  };
  const whole = (): string => (chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)).toString('utf8');
  const isEarly = (): boolean => Math.min(phaseEnd, endAt) - performance.now() > 0.5;
  const expire = (): void => {
    if (isEarly()) arm();
    else {
      // Only the upstream's silence counts. What has come while this process was busy is read first, and where it was
      // busy for long it listens for as long again, once.
      const lateMs = performance.now() - Math.min(phaseEnd, endAt);
      if (lateMs > BUSY_MS && !listenedOn) {
        listenedOn = true;
        phaseEnd += lateMs * 2;
        endAt += lateMs * 2;
        arm();
      } else setImmediate(passed);
    }
  };
  const passed = (): void => {
    if (over) return;
    if (isEarly()) {
      arm();
      return;
    }
    if (phase === 'end' && phaseEnd <= endAt) {
      // All of the answer may be there although the upstream keeps the connection open.
      const body = whole();
      if (isJson(body)) {
        finish({ status, headers, body });
        controller?.abort(new Error('complete'));
      } else {
        phase = 'idle';
        phaseEnd += deadlines.idleMs - phaseMs('end');
        arm();
      }
      return;
    }
    const what = phaseEnd <= endAt ? `${phase} deadline of ${phaseMs(phase)} ms` : `total deadline of ${Math.round(deadlines.totalMs)} ms`;
    finish({ class: 'timeout', reason: `${what} passed`, status });
    controller?.abort(new Error('deadline'));
  };
  const phaseMs = (of: typeof phase): number => (of === 'end' ? Math.min(OPEN_END_MS, deadlines.idleMs) : deadlines[`${of}Ms`]);
  /** The timer is only moved when the new limit is earlier; else it finds out when it fires. */
  const enter = (next: typeof phase): void => {
    phase = next;
    phaseEnd = performance.now() + phaseMs(next);
    if (phaseEnd < armedFor) arm();
  };

  /** Another may be making this call by now. */
  const lapse = (): void => {
    finish({ class: 'cancelled', reason: 'the claim to this call has expired', status });
    controller?.abort(new Error('lapsed'));
  };
  const isLapsed = (): boolean => !over && call.mayCall?.() === false;

  enter('connect');
  pool.dispatch(
    { path: call.path, method: 'POST', headers: call.headers as string[], body: call.body, headersTimeout: 0, bodyTimeout: 0 },
    {
      onRequestStart(started) {
        controller = started;
        if (over) started.abort(new Error('cancelled'));
        else if (isLapsed()) lapse();
        else {
          enter('headers');
          // What froze this process between the question and the write let the call out late: it is hung up on before its answer.
          if (call.mayCall) setImmediate(() => isLapsed() && lapse());
        }
      },
      onResponseStart(_, statusCode, replyHeaders) {
        status = statusCode;
        headers = replyHeaders;
        enter('idle');
      },
      onResponseData(_, chunk) {
        size += chunk.length;
        if (size > LARGEST_REPLY) {
          finish({ class: 'malformed', reason: `the reply is longer than ${LARGEST_REPLY} bytes`, status });
          controller?.abort(new Error('too long'));
          return;
        }
        chunks.push(chunk);
        enter(chunk[chunk.length - 1] === CLOSING_BRACE ? 'end' : 'idle');
      },
      onResponseEnd() {
        finish({ status, headers, body: whole() });
      },
      onResponseError(_, error) {
        finish({ class: 'transient', reason: networkReason(error), status });
      },
    },
  );

  return () => {
    if (over) return;
    over = true;
    clearTimeout(timer);
    controller?.abort(new Error('cancelled'));
  };
}

const networkReason = (error: Error & { code?: string; cause?: unknown }): string => {
  const cause = error.cause as (Error & { code?: string }) | undefined;
  return `connection: ${[error.code ?? cause?.code, error.message].filter(Boolean).join(' ')}`.slice(0, 200);
};

const isJson = (body: string): boolean => {
  try {
    JSON.parse(body);
    return true;
  } catch {
    return false;
  }
};
