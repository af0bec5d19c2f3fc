/*
  AssemblyScript, compiled by `node kernels/build.ts`: the content of an LZ4 block, as `src/decode/lz4Frame.ts` describes it.
*/

/** Longer runs are damage, and adding them up must not wrap. */
const LONGEST: usize = 1 << 30;

/**
 * Unpacks the block in [from, end) to `out`, up to `room`; matches may reach back to `start`. Behind `end` and behind `room`
 * there must be 32 bytes more that may be read and written. Where the content ends; 0 where the block is damaged.
 */
export function lz4(from: usize, end: usize, start: usize, out: usize, room: usize): usize {
  let i = from;
  let n = out;
  while (i < end) {
    const token: u32 = load<u8>(i++);
    let literals: usize = token >>> 4;
    if (literals == 15) {
      let more: u32;
      do {
        if (i >= end) return 0;
        more = load<u8>(i++);
        literals += more;
        if (literals > LONGEST) return 0;
      } while (more == 255);
    }
    if (literals > end - i || literals > room - n) return 0;
    if (literals <= 16) v128.store(n, v128.load(i));
    else memory.copy(n, i, literals);
    i += literals;
    n += literals;
    if (i >= end) break;

    const distance: usize = load<u16>(i);
    i += 2;
    let match: usize = token & 15;
    if (match == 15) {
      let more: u32;
      do {
        if (i >= end) return 0;
        more = load<u8>(i++);
        match += more;
        if (match > LONGEST) return 0;
      } while (more == 255);
    }
    match += 4;
    if (distance == 0 || distance > n - start || match > room - n) return 0;
    let source = n - distance;
    const stop = n + match;
    if (distance >= 16) {
      // Sixteen at a time, and beyond the end of the match: what comes next is written over it.
      do {
        v128.store(n, v128.load(source));
        n += 16;
        source += 16;
      } while (n < stop);
    } else if (distance >= 8) {
      do {
        store<u64>(n, load<u64>(source));
        n += 8;
        source += 8;
      } while (n < stop);
    } else {
      do store<u8>(n++, load<u8>(source++));
      while (n < stop);
    }
    n = stop;
  }
  return n;
}
