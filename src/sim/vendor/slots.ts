/** A semaphore whose size may change: the calls that a vendor serves at once. */
export interface ConcurrencySlots {
  /** Whether a call may be served now, where `most` are served at once. */
  free(most: number): boolean;
  readonly taken: () => number;
  /** Waits for its turn where all slots are taken. */
  take(most: number): Promise<void> | undefined;
  readonly release: () => void;
  /** Lets waiting calls go where there are free slots for them. */
  readonly admit: () => void;
}

export function slots(): ConcurrencySlots {
  let taken = 0;
  const waiting: { readonly most: number; readonly go: () => void }[] = [];
  const admit = (): void => {
    while (waiting.length > 0 && taken < waiting[0]!.most) {
      taken++;
      waiting.shift()!.go();
    }
  };
  return {
    free: (most) => taken < most,
    taken: () => taken,
    take(most) {
      if (taken < most) return void taken++;
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push({ most, go: resolve });
      return promise;
    },
    release() {
      taken--;
      admit();
    },
    admit,
  };
}
