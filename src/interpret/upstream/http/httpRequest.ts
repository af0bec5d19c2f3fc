import type { Dispatcher, Pool } from 'undici';
import type { Headers } from '../../limits/quota/headers.ts';
import type { CallFailure } from '../../errors/providerError.ts';
import type { CallDeadlineSettings } from '../callDeadlines.ts';
import { DeadlineTimer, type CallPhase } from './deadlineTimer.ts';

export interface HttpReply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** Why there is no reply; `status` is 0 where not even its first line came. */
export type NoReply = CallFailure & { readonly status: number };

export interface HttpCall {
  readonly path: string;
  readonly headers: readonly string[];
  readonly body: Buffer;
  readonly deadlines: CallDeadlineSettings;
  /** Asked when a connection is there, right before the request is written. */
  readonly mayCall?: (() => boolean) | undefined;
}

/** No vendor's caption is longer; what is, is not one. */
const LARGEST_REPLY = 8 * 2 ** 20;
const CLOSING_BRACE = 0x7d;

/**
 * Sends one POST. `done` is called once, with the whole reply or with why there is none, and not at all after the returned
 * function was called, which closes the socket.
 */
export function httpRequest(pool: Pool, call: HttpCall, done: (outcome: HttpReply | NoReply) => void): () => void {
  const request = new HttpRequest(call, done);
  const { path, headers, body } = call;
  pool.dispatch({ path, method: 'POST', headers: headers as string[], body, headersTimeout: 0, bodyTimeout: 0 }, request);
  return () => request.cancel();
}

/** Handles what undici reports of one request. */
class HttpRequest implements Dispatcher.DispatchHandler {
  readonly #mayCall: (() => boolean) | undefined;
  readonly #done: (outcome: HttpReply | NoReply) => void;
  readonly #timer: DeadlineTimer;
  #controller: Dispatcher.DispatchController | undefined;
  #isOver = false;
  #status = 0;
  #headers: Headers = {};
  #size = 0;
  readonly #chunks: Buffer[] = [];

  constructor({ deadlines, mayCall }: HttpCall, done: (outcome: HttpReply | NoReply) => void) {
    this.#mayCall = mayCall;
    this.#done = done;
    this.#timer = new DeadlineTimer(deadlines, (phase) => this.#onDeadline(phase));
    this.#timer.enter('connect');
  }

  cancel(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#timer.stop();
    this.#controller?.abort(new Error('cancelled'));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isOver) controller.abort(new Error('cancelled'));
    else if (!this.#hangUpIfExpired()) {
      this.#timer.enter('headers');
      // What froze this process between the question and the write let the call out late: it is hung up on before its answer.
      if (this.#mayCall) setImmediate(() => this.#hangUpIfExpired());
    }
  }

  onResponseStart(_: Dispatcher.DispatchController, statusCode: number, headers: Headers): void {
    this.#status = statusCode;
    this.#headers = headers;
    this.#timer.enter('idle');
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size > LARGEST_REPLY) {
      this.#fail('malformed', `the reply is longer than ${LARGEST_REPLY} bytes`);
      return;
    }
    this.#chunks.push(chunk);
    this.#timer.enter(chunk[chunk.length - 1] === CLOSING_BRACE ? 'end' : 'idle');
  }

  onResponseEnd(): void {
    this.#finish({ status: this.#status, headers: this.#headers, body: this.#body() });
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#finish({ class: 'transient', reason: networkReason(error), status: this.#status });
  }

  #onDeadline(phase: CallPhase | 'total'): void {
    if (phase === 'end') this.#readOpenEnd();
    else this.#fail('timeout', `${this.#timer.describe(phase)} passed`);
  }

  /** All of the answer may be there although the upstream keeps the connection open. */
  #readOpenEnd(): void {
    const body = this.#body();
    if (!isJson(body)) this.#timer.resumeIdle();
    else {
      this.#finish({ status: this.#status, headers: this.#headers, body });
      this.#controller?.abort(new Error('complete'));
    }
  }

  /** Another instance may be making this call by now. */
  #hangUpIfExpired(): boolean {
    const isExpired = !this.#isOver && this.#mayCall?.() === false;
    if (isExpired) this.#fail('cancelled', 'the claim to this call has expired');
    return isExpired;
  }

  #fail(errorClass: CallFailure['class'], reason: string): void {
    this.#finish({ class: errorClass, reason, status: this.#status });
    this.#controller?.abort(new Error(reason));
  }

  #finish(outcome: HttpReply | NoReply): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#timer.stop();
    this.#done(outcome);
  }

  #body(): string {
    return (this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks)).toString('utf8');
  }
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
