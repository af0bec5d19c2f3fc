import { createHash } from 'node:crypto';
import { type Sight, look } from './look.ts';
import { recall } from './recall.ts';

/** Decoded pictures; each different one is looked at once. */
export interface Pictures {
  hash(bytes: Uint8Array): string;
  /** undefined where the bytes are no picture. */
  see(sha256: string, bytes: Uint8Array): Promise<Sight | undefined> | Sight | undefined;
}

export function pictures(most = 20_000): Pictures {
  const seen = new Map<string, Sight | null>();
  const under = recall<Promise<Sight | undefined>>(64);
  return {
    hash: (bytes) => createHash('sha256').update(bytes).digest('hex'),
    see(sha256, bytes) {
      const known = seen.get(sha256);
      if (known !== undefined) return known ?? undefined;
      return under(sha256, async () => {
        const sight = await look(bytes).catch(() => null);
        seen.set(sha256, sight);
        if (seen.size > most) seen.delete(seen.keys().next().value!);
        return sight ?? undefined;
      });
    },
  };
}
