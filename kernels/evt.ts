/*
  AssemblyScript, compiled to WebAssembly by `node kernels/build.ts`: the loops of EVT3 and EVT2 that see nearly every word.
  They take the words that need no judgement, and stop in front of one that does: unknown state, steps of the clock that
  are not small and forward, words that nobody defined. The JavaScript reference takes that one, and they go on.

  State in memory, at `s`:
     0 i32 y            4 i32 base, -1 unknown   8 i32 polarity of vectors   12 i32 last TIME_HIGH word as it was
    16 f64 now         24 f64 time of that TIME_HIGH                         32 i32 events written so far
    36 i32 width       40 i32 height            44 i32 events out of range   48 i32 words of other things
    52 i32 triggers    56 i32 vector words without a base
*/

/** Steps of TIME_HIGH that are followed here. */
const NEAR3: u32 = 16;
const NEAR2: u32 = 1024;
/** BASE, then 12, 12 and 8 bits: the types of four words read as one number, without the first. */
const TRIPLE_TYPES: u64 = 0xf000_f000_f000_0000;
const TRIPLE: u64 = 0x5000_4000_4000_0000;

/*
  Two tables of 256 shuffles of eight 16-bit lanes, one for each set of lanes, behind the state:
    COMPACT  moves the lanes of the set to the front, in their order
    FILL     gives each lane the nearest lane of the set at or before it; 0 where there is none
*/
const COMPACT: usize = 64;
const FILL: usize = 64 + 4096;

/** Writes the tables. To be called once, before anything else. */
export function init(): void {
  for (let set: u32 = 0; set < 256; set++) {
    let front: u32 = 0;
    let nearest: i32 = -1;
    for (let lane: u32 = 0; lane < 8; lane++) {
      if ((set >>> lane) & 1) {
        store<u16>(COMPACT + (set << 4) + (front << 1), (lane * 2) | ((lane * 2 + 1) << 8));
        front++;
        nearest = lane;
      }
      store<u16>(FILL + (set << 4) + (lane << 1), nearest < 0 ? 0x8080 : (nearest * 2) | ((nearest * 2 + 1) << 8));
    }
    for (; front < 8; front++) store<u16>(COMPACT + (set << 4) + (front << 1), 0x8080);
  }
}

/** Decodes words in [from, end) until one needs judgement or `limit` events are there; where it stopped. */
export function evt3(s: usize, from: usize, end: usize, t: usize, x: usize, y: usize, p: usize, limit: u32): usize {
  let row = load<u32>(s);
  let base = load<i32>(s, 4);
  let polarity = load<u32>(s, 8);
  let highWord = load<u32>(s, 12);
  let high = load<f64>(s, 24);
  let low = u32(load<f64>(s, 16) - high);
  let n = load<u32>(s, 32);
  const width = load<u32>(s, 36);
  const height = load<u32>(s, 40);
  let outOfRange = load<u32>(s, 44);
  let other = load<u32>(s, 48);
  let triggers = load<u32>(s, 52);
  let orphans = load<u32>(s, 56);
  let i = from;

  // By type: 1 for those that are taken eight at a time, 3 for those among them that carry something else.
  const classes = i8x16(1, 0, 1, 0, 0, 0, 1, 3, 0, 3, 0, 0, 0, 3, 3, 3);
  const ones = i16x8.splat(1);
  const address = i16x8.splat(0x7ff);
  const lowBits = i16x8.splat(0xfff);
  const known = i16x8.splat(<i16>0x8000);
  const widths = i16x8.splat(i16(min<u32>(width, 0x800)));
  const heights = i16x8.splat(i16(min<u32>(height, 0x800)));

  while (i < end && n < limit) {
    if (i + 16 <= end) {
      // Eight words at once, as far as they are rows, events, low times, repeated high times or of no concern.
      const v = v128.load(i);
      const types = i16x8.shr_u(v, 12);
      const kinds = v128.swizzle(classes, types);
      const plain = v128.or(i16x8.eq(v128.and(kinds, ones), ones), i16x8.eq(v, i16x8.splat(i16(highWord))));
      const count: u32 = ctz(~i16x8.bitmask(plain));
      const lanes: u32 = (1 << count) - 1;

      const isRow: u32 = i16x8.bitmask(i16x8.eq(types, i16x8.splat(0))) & lanes;
      const isLow: u32 = i16x8.bitmask(i16x8.eq(types, i16x8.splat(6))) & lanes;
      const isX = i16x8.eq(types, i16x8.splat(2));
      const values = v128.and(v, address);

      const rowsHere = v128.swizzle(v128.or(values, known), v128.load(FILL + (isRow << 4)));
      const rows = v128.bitselect(v128.and(rowsHere, address), i16x8.splat(i16(row)), i16x8.shr_s(rowsHere, 15));
      const lowsHere = v128.swizzle(v128.or(v128.and(v, lowBits), known), v128.load(FILL + (isLow << 4)));
      const lows = v128.bitselect(v128.and(lowsHere, lowBits), i16x8.splat(i16(low)), i16x8.shr_s(lowsHere, 15));

      const inside = v128.and(isX, v128.and(i16x8.lt_s(values, widths), i16x8.lt_s(rows, heights)));
      const kept: u32 = i16x8.bitmask(inside) & lanes;
      const shuffle = v128.load(COMPACT + (kept << 4));
      v128.store(x + (n << 1), v128.swizzle(values, shuffle));
      v128.store(y + (n << 1), v128.swizzle(rows, shuffle));
      const polarities = v128.swizzle(v128.and(i16x8.shr_u(v, 11), ones), shuffle);
      v128.store64_lane(p + n, i8x16.narrow_i16x8_u(polarities, polarities), 0);
      const times = v128.swizzle(lows, shuffle);
      const first = i32x4.extend_low_i16x8_u(times);
      const second = i32x4.extend_high_i16x8_u(times);
      const start = f64x2.splat(high);
      const at = t + (n << 3);
      v128.store(at, f64x2.add(start, f64x2.convert_low_i32x4_u(first)));
      v128.store(at, f64x2.add(start, f64x2.convert_low_i32x4_u(v128.shuffle<i64>(first, first, 1, 1))), 16);
      v128.store(at, f64x2.add(start, f64x2.convert_low_i32x4_u(second)), 32);
      v128.store(at, f64x2.add(start, f64x2.convert_low_i32x4_u(v128.shuffle<i64>(second, second, 1, 1))), 48);

      const events: u32 = popcnt(kept);
      n += events;
      outOfRange += popcnt(i16x8.bitmask(isX) & lanes) - events;
      other += popcnt(i16x8.bitmask(i16x8.eq(v128.and(kinds, i16x8.splat(2)), i16x8.splat(2))) & lanes);
      row = isRow ? load<u16>(i + (((31 - clz(isRow)) & 7) << 1)) & 0x7ff : row;
      low = isLow ? load<u16>(i + (((31 - clz(isLow)) & 7) << 1)) & 0xfff : low;
      i += count << 1;
      if (count == 8) continue;
    }

    const word: u32 = load<u16>(i);
    const type = word >>> 12;
    if (type == 3) {
      base = word & 0x7ff;
      polarity = (word >>> 11) & 1;
      i += 2;
      if (i + 6 > end) continue;
      const four = load<u64>(i - 2);
      if ((four & TRIPLE_TYPES) != TRIPLE || u32(base) + 32 > width || row >= height) continue;
      let mask = u32((four >>> 16) & 0xfff) | (u32((four >>> 32) & 0xfff) << 12) | (u32((four >>> 48) & 0xff) << 24);
      const now = high + f64(low);
      while (mask != 0) {
        store<f64>(t + (n << 3), now);
        store<u16>(x + (n << 1), base + ctz(mask));
        store<u16>(y + (n << 1), row);
        store<u8>(p + n, polarity);
        n++;
        mask &= mask - 1;
      }
      base += 32;
      i += 6;
    } else if (type == 4 || type == 5) {
      const bits: u32 = type == 4 ? 12 : 8;
      let mask = word & ((1 << bits) - 1);
      if (base < 0) orphans++;
      else {
        const room: i32 = i32(width) - base;
        const all = mask;
        if (row >= height || room <= 0) mask = 0;
        else if (u32(room) < bits) mask &= (1 << u32(room)) - 1;
        outOfRange += popcnt(all ^ mask);
        const now = high + f64(low);
        while (mask != 0) {
          store<f64>(t + (n << 3), now);
          store<u16>(x + (n << 1), base + ctz(mask));
          store<u16>(y + (n << 1), row);
          store<u8>(p + n, polarity);
          n++;
          mask &= mask - 1;
        }
        base += bits;
      }
      i += 2;
    } else if (type == 8) {
      const step = word - highWord;
      if (step != 0) {
        if (step - 1 >= NEAR3) break;
        highWord = word;
        high += f64(step << 12);
        low = 0;
      }
      i += 2;
    } else if (type == 2) {
      // Here and below: the last words of a packet, fewer than eight.
      const value = word & 0x7ff;
      const inside = u32(row < height) & u32(value < width);
      store<f64>(t + (n << 3), high + f64(low));
      store<u16>(x + (n << 1), value);
      store<u16>(y + (n << 1), row);
      store<u8>(p + n, (word >>> 11) & 1);
      n += inside;
      outOfRange += inside ^ 1;
      i += 2;
    } else if (type == 0) {
      row = word & 0x7ff;
      i += 2;
    } else if (type == 6) {
      low = word & 0xfff;
      i += 2;
    } else if (type == 10) {
      triggers++;
      i += 2;
    } else {
      if (type == 1 || type == 11 || type == 12) break;
      other++;
      i += 2;
    }
  }

  store<u32>(s, row);
  store<i32>(s, base, 4);
  store<u32>(s, polarity, 8);
  store<u32>(s, highWord, 12);
  store<f64>(s, high + f64(low), 16);
  store<f64>(s, high, 24);
  store<u32>(s, n, 32);
  store<u32>(s, outOfRange, 44);
  store<u32>(s, other, 48);
  store<u32>(s, triggers, 52);
  store<u32>(s, orphans, 56);
  return i;
}

/** The same for EVT2, whose words need no room beyond one event each. Eight events at a time where there are eight in a row. */
export function evt2(s: usize, from: usize, end: usize, t: usize, x: usize, y: usize, p: usize): usize {
  let highWord = load<u32>(s, 12);
  let now = load<f64>(s, 16);
  let high = load<f64>(s, 24);
  let n = load<u32>(s, 32);
  const width = load<u32>(s, 36);
  const height = load<u32>(s, 40);
  let outOfRange = load<u32>(s, 44);
  let other = load<u32>(s, 48);
  let triggers = load<u32>(s, 52);
  let i = from;

  const low11 = i32x4.splat(0x7ff);
  const low6 = i32x4.splat(63);
  const types = i32x4.splat(<i32>0xe0000000);
  const lastX = i16x8.splat(i16(min<u32>(width - 1, 0x7ff)));
  const lastY = i16x8.splat(i16(min<u32>(height - 1, 0x7ff)));

  while (i < end) {
    if (i + 32 <= end) {
      const a = v128.load(i);
      const b = v128.load(i, 16);
      const columns = v128.narrow<i32>(v128.and(i32x4.shr_u(a, 11), low11), v128.and(i32x4.shr_u(b, 11), low11));
      const rows = v128.narrow<i32>(v128.and(a, low11), v128.and(b, low11));
      const outside = v128.or(i16x8.gt_s(columns, lastX), i16x8.gt_s(rows, lastY));
      if (!v128.any_true(v128.or(v128.and(v128.or(a, b), types), outside))) {
        v128.store(x + (n << 1), columns);
        v128.store(y + (n << 1), rows);
        const polarities = v128.narrow<i32>(i32x4.shr_u(a, 28), i32x4.shr_u(b, 28));
        v128.store64_lane(p + n, i8x16.narrow_i16x8_s(polarities, polarities), 0);
        const lowA = v128.and(i32x4.shr_u(a, 22), low6);
        const lowB = v128.and(i32x4.shr_u(b, 22), low6);
        const start = f64x2.splat(high);
        const at = t + (n << 3);
        v128.store(at, f64x2.add(start, f64x2.convert_low_i32x4_u(lowA)));
        v128.store(at, f64x2.add(start, f64x2.convert_low_i32x4_u(v128.shuffle<i64>(lowA, lowA, 1, 1))), 16);
        v128.store(at, f64x2.add(start, f64x2.convert_low_i32x4_u(lowB)), 32);
        const last = f64x2.add(start, f64x2.convert_low_i32x4_u(v128.shuffle<i64>(lowB, lowB, 1, 1)));
        v128.store(at, last, 48);
        now = f64x2.extract_lane(last, 1);
        n += 8;
        i += 32;
        continue;
      }
    }
    // Up to eight words one by one, then eight at a time are tried again.
    const stop = min<usize>(end, i + 32);
    while (i < stop) {
      const word = load<u32>(i);
      const type = word >>> 28;
      if (type < 2) {
        const column = (word >>> 11) & 0x7ff;
        const row = word & 0x7ff;
        const inside = u32(column < width) & u32(row < height);
        const time = high + f64((word >>> 22) & 63);
        store<f64>(t + (n << 3), time);
        store<u16>(x + (n << 1), column);
        store<u16>(y + (n << 1), row);
        store<u8>(p + n, type);
        n += inside;
        outOfRange += inside ^ 1;
        now = inside ? time : now;
      } else if (type == 8) {
        const step = word - highWord;
        if (step != 0) {
          if (step - 1 >= NEAR2) break;
          highWord = word;
          high += f64(step << 6);
          now = high;
        }
      } else if (type == 10) triggers++;
      else if (type >= 13) other++;
      else break;
      i += 4;
    }
    if (i < stop) break;
  }

  store<u32>(s, highWord, 12);
  store<f64>(s, now, 16);
  store<f64>(s, high, 24);
  store<u32>(s, n, 32);
  store<u32>(s, outOfRange, 44);
  store<u32>(s, other, 48);
  store<u32>(s, triggers, 52);
  return i;
}
