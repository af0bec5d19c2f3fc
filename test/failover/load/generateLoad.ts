import { firstValueFrom } from 'rxjs';
import type { CaptionRequest } from '../../../src/interpret/captionRequest.ts';
import type { Captioner } from '../../../src/interpret/captioner.ts';
import { requestOf } from '../callRouter.ts';
import { numberedImage } from '../numberedFrames.ts';

const pictures = await Promise.all(Array.from({ length: 200 }, async (_, n) => await numberedImage(n)));
let next = 0;
const request = (): CaptionRequest => requestOf('image', Infinity, pictures[next++ % pictures.length]);

export interface Load {
  served: number;
  failed: number;
  /** Stops asking; resolves when nothing is in flight. */
  stop(): Promise<void>;
}

/** Keeps so many frames in flight, as the call stage does with its gate. */
export function generateLoad(captioner: Captioner, inFlight: number): Load {
  const end = new AbortController();
  const worker = async (): Promise<void> => {
    while (!end.signal.aborted) {
      try {
        await firstValueFrom(captioner(request()));
        made.served++;
      } catch {
        made.failed++;
      }
    }
  };
  const workers = Array.from({ length: inFlight }, worker);
  const made: Load = {
    served: 0,
    failed: 0,
    async stop() {
      end.abort();
      await Promise.all(workers);
    },
  };
  return made;
}
