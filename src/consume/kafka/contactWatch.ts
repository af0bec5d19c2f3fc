const CHECK_EVERY_MS = 1000;

/** Notices when nothing has come from the brokers for too long. */
export class ContactWatch {
  readonly #limitMs: number;
  #lastContactAt = performance.now();
  #timer: NodeJS.Timeout | undefined;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  /** The brokers answered. */
  contact(): void {
    this.#lastContactAt = performance.now();
  }

  /** Whether the brokers have been silent for longer than the limit. */
  get isLost(): boolean {
    return this.#silentMs > this.#limitMs;
  }

  /** @param onLost called each second while the contact is lost, with the length of the silence */
  start(onLost: (silentMs: number) => void): void {
    this.#timer = setInterval(() => {
      if (this.isLost) onLost(this.#silentMs);
    }, CHECK_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  get #silentMs(): number {
    return performance.now() - this.#lastContactAt;
  }
}
