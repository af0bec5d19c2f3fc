import type { PipelineError } from '../../errors.ts';
import type { Secret } from '../../secret.ts';
import type { CaptionRequest } from '../captionRequest.ts';
import type { Headers } from '../limits/quota/headers.ts';
import type { Usage } from '../pricing/costUsd.ts';
import type { CallFailure } from '../errors/providerError.ts';

/** What a reply with status 200 turned out to be. */
export interface Reading {
  readonly text: string;
  readonly model?: string | undefined;
  /** Absent where the upstream did not say. */
  readonly usage?: Usage | undefined;
  readonly truncated?: boolean;
  /** Status 200, and yet no caption: refused, blocked, truncated or malformed. */
  readonly failure?: CallFailure;
}

/** How one call ended. */
export interface CallResult {
  /** 0 where no reply came. */
  readonly status: number;
  readonly headers?: Headers;
  /** Present with status 200, also where it is no caption: it may have been billed. */
  readonly reading?: Reading;
  readonly failure?: CallFailure;
  /** No call was made, since the configuration does not allow it: the run ends with this. */
  readonly fault?: PipelineError;
}

/** Carries one call to an upstream and back. */
export interface Transport {
  /**
   * Calls `done` once, and not after the returned function was called, which closes the connection. May throw before
   * anything was sent. Where there is a wait before the call goes out, `request.mayCall` is asked again after it; the
   * result is `cancelled` where it says no.
   */
  start(request: CaptionRequest, secret: Secret | undefined, done: (result: CallResult) => void): () => void;
  close(): Promise<void>;
}
