import type { Availability } from '../availability.ts';
import type { CaptionRequest } from '../captionRequest.ts';
import type { ApiKeyPool } from './quota/apiKeyPool.ts';
import type { CallSize } from './quota/callSize.ts';
import type { TargetHealth } from './health/targetHealth.ts';

/** When a target may be asked, by its API keys and its health. */
export class TargetAvailability implements Availability {
  readonly #keys: ApiKeyPool;
  readonly #health: TargetHealth;
  readonly #sizeOf: (request: CaptionRequest) => CallSize;
  readonly #listeners = new Set<() => void>();

  constructor(keys: ApiKeyPool, health: TargetHealth, sizeOf: (request: CaptionRequest) => CallSize) {
    this.#keys = keys;
    this.#health = health;
    this.#sizeOf = sizeOf;
  }

  readyAt(request: CaptionRequest, nowMs: number): number {
    this.#updateShare(request, nowMs);
    return Math.max(this.#health.readyAt(nowMs), this.#keys.readyAt(this.#sizeOf(request), nowMs));
  }

  backAt(nowMs: number): number {
    return Math.max(this.#health.backAt(nowMs), this.#keys.backAt(nowMs));
  }

  isDown(nowMs: number): boolean {
    return this.#health.isDown(nowMs);
  }

  isCapped(request: CaptionRequest, nowMs: number): boolean {
    return this.#health.isFull || this.#health.backAt(nowMs) > nowMs || this.#keys.readyAt(this.#sizeOf(request), nowMs) > nowMs;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A call or a cooldown ended: waiting calls are tried again. */
  changed(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Our part of the limits is read before each call, so that none starts on a part that was taken away. */
  #updateShare({ share }: CaptionRequest, nowMs: number): void {
    if (!share) return;
    const part = share();
    this.#keys.setShare(part, nowMs);
    this.#health.setShare(part);
  }
}
