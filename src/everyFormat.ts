import type { Format } from './decode/decoder.ts';
import { aedat2 } from './decode/formats/aedat2.ts';
import { aedat3 } from './decode/formats/aedat3.ts';
import { aedat4 } from './decode/formats/aedat4.ts';
import { dat, dat1 } from './decode/formats/dat.ts';
import { esAtis, esColor, esDvs, esGeneric } from './decode/formats/es.ts';
import { dvsMsgs } from './decode/formats/dvsMsgs.ts';
import { eventCd } from './decode/formats/eventCd.ts';
import { evt2 } from './decode/formats/evt2.ts';
import { evt21, evt21Legacy } from './decode/formats/evt21.ts';
import { evt3 } from './decode/formats/evt3.ts';
import { libcaer } from './decode/formats/libcaer.ts';
import { libcaerCmp } from './decode/formats/libcaerCmp.ts';
import { mono } from './decode/formats/mono.ts';
import { nmnist } from './decode/formats/nmnist.ts';
import { text } from './decode/formats/text.ts';

/** Every wire format, those with an unmistakable beginning first: files are recognised in this order. */
export const everyFormat: readonly Format[] = [
  evt3,
  evt2,
  evt21,
  evt21Legacy,
  dat,
  dat1,
  esDvs,
  esAtis,
  esColor,
  esGeneric,
  aedat4,
  aedat3,
  aedat2,
  libcaer,
  libcaerCmp,
  mono,
  dvsMsgs,
  eventCd,
  text,
  nmnist,
];
