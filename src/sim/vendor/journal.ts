/** One request as the simulator saw it. */
export interface JournalEntry {
  /** From 1, in the order of arrival. */
  readonly n: number;
  /** Unix microseconds of arrival. */
  readonly atUs: number;
  readonly vendor: string;
  readonly path: string;
  readonly model: string;
  /** Alias of the key, or the first 8 hex digits of its SHA-256; '' without one. Never the key. */
  readonly key: string;
  /** SHA-256 of the first image's bytes, lower-case hex; '' without one. */
  readonly imageSha256: string;
  /** 0 where no status was sent. */
  readonly status: number;
  /** `ok`, the fault that was simulated, `invalid` for a request against the vendor's rules, or `aborted` where the client closed the connection. */
  readonly outcome: string;
  /** Billed. Only replies that were sent whole are. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number;
  /** Client's milliseconds from arrival to the end of the reply, or until the client or the simulator closed. */
  readonly ms: number;
}

export interface Totals {
  requests: number;
  ok: number;
  inputTokens: number;
  outputTokens: number;
  costUsd: number;
  byOutcome: Record<string, number>;
  byStatus: Record<string, number>;
}

/** The requests that the simulator saw, in bounded memory: the last ones, and sums over all of them. */
export interface Journal {
  /** The last ones, oldest first. */
  entries(): readonly JournalEntry[];
  /** The last ones of one image. */
  of(imageSha256: string): readonly JournalEntry[];
  /** How often this image came to a vendor, as far as remembered (the last 100,000). */
  timesSeen(vendor: string, imageSha256: string): number;
  totals(vendor?: string): Totals;
  /** Calls `listener` with each entry as it is written; returns the function that ends it. */
  onEntry(listener: (entry: JournalEntry) => void): () => void;
  clear(): void;
}

export interface JournalWriter extends Journal {
  write(entry: Omit<JournalEntry, 'n'>): void;
  /** Counts one more request with an image; returns how many there are now. */
  countArrival(vendor: string, imageSha256: string): number;
}

const IMAGES_REMEMBERED = 100_000;

export function journal(capacity: number): JournalWriter {
  let ring: JournalEntry[] = [];
  let next = 0;
  let written = 0;
  const seen = new Map<string, number>();
  const totals = new Map<string, Totals>();
  const listeners = new Set<(entry: JournalEntry) => void>();
  const entries = (): readonly JournalEntry[] => (ring.length < capacity ? ring.slice() : [...ring.slice(next), ...ring.slice(0, next)]);
  return {
    entries,
    of: (imageSha256) => entries().filter((entry) => entry.imageSha256 === imageSha256),
    timesSeen: (vendor, imageSha256) => seen.get(`${vendor}/${imageSha256}`) ?? 0,
    totals: (vendor) =>
      structuredClone(sumOf([...totals].flatMap(([name, sums]) => (vendor === undefined || name === vendor ? [sums] : [])))),
    onEntry(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    clear() {
      ring = [];
      next = 0;
      seen.clear();
      totals.clear();
    },
    countArrival(vendor, imageSha256) {
      const image = `${vendor}/${imageSha256}`;
      const times = (seen.get(image) ?? 0) + 1;
      // Inserted again, so that the map is in order of use and its first key is the one longest unseen.
      seen.delete(image);
      seen.set(image, times);
      if (seen.size > IMAGES_REMEMBERED) seen.delete(seen.keys().next().value!);
      return times;
    },
    write(unnumbered) {
      const entry = { n: ++written, ...unnumbered };
      if (capacity > 0) {
        ring[next] = entry;
        next = (next + 1) % capacity;
      }
      let sums = totals.get(entry.vendor);
      if (!sums) totals.set(entry.vendor, (sums = nothing()));
      addEntry(sums, entry);
      for (const listener of listeners) listener(entry);
    },
  };
}

const nothing = (): Totals => ({ requests: 0, ok: 0, inputTokens: 0, outputTokens: 0, costUsd: 0, byOutcome: {}, byStatus: {} });

function addEntry(sums: Totals, entry: JournalEntry): void {
  sums.requests++;
  if (entry.outcome === 'ok') sums.ok++;
  sums.inputTokens += entry.inputTokens;
  sums.outputTokens += entry.outputTokens;
  sums.costUsd += entry.costUsd;
  sums.byOutcome[entry.outcome] = (sums.byOutcome[entry.outcome] ?? 0) + 1;
  sums.byStatus[entry.status] = (sums.byStatus[entry.status] ?? 0) + 1;
}

function sumOf(parts: readonly Totals[]): Totals {
  const sum = nothing();
  for (const part of parts) {
    for (const field of ['requests', 'ok', 'inputTokens', 'outputTokens', 'costUsd'] as const) sum[field] += part[field];
    for (const field of ['byOutcome', 'byStatus'] as const) {
      for (const [name, n] of Object.entries(part[field])) sum[field][name] = (sum[field][name] ?? 0) + n;
    }
  }
  return sum;
}
