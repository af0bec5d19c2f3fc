export interface PartitionBufferOptions<Item> {
  /** Above this many bytes the partition is paused, at half of it it is resumed. */
  readonly limitBytes: number;
  readonly bytesOf: (item: Item) => number;
  /** Stops fetching the partition. */
  readonly pause: () => void;
  /** Fetches the partition again. */
  readonly resume: () => void;
}

/** The items of one partition that were fetched and not taken yet, oldest first. Its size pauses and resumes the partition. */
export class PartitionBuffer<Item> {
  readonly #options: PartitionBufferOptions<Item>;
  #items: Item[] = [];
  /** Index of the oldest item: those before it were taken. */
  #head = 0;
  #bytes = 0;
  #isPaused = false;
  #isStopped = false;

  constructor(options: PartitionBufferOptions<Item>) {
    this.#options = options;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether the partition is not fetched, because the buffer is full or stopped. */
  get isPaused(): boolean {
    return this.#isPaused || this.#isStopped;
  }

  add(item: Item): void {
    this.#items.push(item);
    this.#bytes += this.#options.bytesOf(item);
  }

  /** To be called after each batch: the partition is paused above the limit. */
  pauseIfFull(): void {
    if (this.#bytes <= this.#options.limitBytes) return;
    this.#isPaused = true;
    this.#options.pause();
  }

  peek(): Item | undefined {
    return this.#items[this.#head];
  }

  /** Removes the oldest item. */
  take(): Item | undefined {
    const item = this.#items[this.#head];
    if (item === undefined) return undefined;
    this.#head++;
    this.#bytes -= this.#options.bytesOf(item);
    if (this.#head * 2 > this.#items.length) {
      this.#items.splice(0, this.#head);
      this.#head = 0;
    }
    if (this.#isPaused && !this.#isStopped && this.#bytes <= this.#options.limitBytes / 2) {
      this.#isPaused = false;
      this.#options.resume();
    }
    return item;
  }

  clear(): void {
    this.#items = [];
    this.#head = 0;
    this.#bytes = 0;
  }

  /** Pauses the partition until `start`, however little the buffer holds. */
  stop(): void {
    this.#isStopped = true;
    this.#options.pause();
  }

  /** Fetches the partition, unless the buffer is full. */
  start(): void {
    this.#isStopped = false;
    this.#isPaused = this.#bytes > this.#options.limitBytes;
    if (!this.#isPaused) this.#options.resume();
  }
}
