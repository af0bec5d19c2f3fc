import type { DecodeCounters } from './decoder.ts';

/** Cuts a byte stream that may be divided anywhere into lines of text. Bytes of lines that are lost are counted as left over. */
export interface Lines {
  /** The lines that are now complete. */
  take(bytes: Uint8Array): string[];
  /** Bytes were lost: the line that is held back, and the one in which the next bytes begin, are not complete. */
  gap(): void;
  /** The last line of the stream, where it does not end in a line feed. */
  end(): string | undefined;
}

/** @param longest characters of a line; longer ones are dropped */
export function makeLines(longest: number, counters: Pick<DecodeCounters, 'leftoverBytes'>): Lines {
  let rest = '';
  /** Whether the beginning of the present line was lost. */
  let isCut = false;
  return {
    take(bytes) {
      const lines = (rest + Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')).split('\n');
      rest = lines.pop() ?? '';
      const whole = lines.filter((line) => {
        const isWhole = !isCut && line.length <= longest;
        if (!isWhole) counters.leftoverBytes += line.length + 1;
        isCut = false;
        return isWhole;
      });
      if (isCut || rest.length > longest) {
        counters.leftoverBytes += rest.length;
        rest = '';
        isCut = true;
      }
      return whole;
    },
    gap() {
      counters.leftoverBytes += rest.length;
      rest = '';
      isCut = true;
    },
    end() {
      const last = rest !== '' && !isCut ? rest : undefined;
      rest = '';
      return last;
    },
  };
}
