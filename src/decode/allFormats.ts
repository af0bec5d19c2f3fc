import type { Format } from './decoder.ts';
import { aedat2 } from './formats/aedat2.ts';
import { aedat3 } from './formats/aedat3.ts';
import { aedat4 } from './formats/aedat4.ts';
import { dat, dat1 } from './formats/dat.ts';
import { esAtis } from './formats/esAtis.ts';
import { esColor } from './formats/esColor.ts';
import { esDvs } from './formats/esDvs.ts';
import { esGeneric } from './formats/esGeneric.ts';
import { dvsMsgs } from './formats/dvsMsgs.ts';
import { eventCd } from './formats/eventCd.ts';
import { evt2 } from './formats/evt2.ts';
import { evt21, evt21Legacy } from './formats/evt21.ts';
import { evt3 } from './formats/evt3.ts';
import { libcaer } from './formats/libcaer.ts';
import { libcaerCmp } from './formats/libcaerCmp.ts';
import { mono } from './formats/mono.ts';
import { nmnist } from './formats/nmnist.ts';
import { text } from './formats/text.ts';

/** All wire formats. Files are recognised in this order: formats with an unmistakable beginning come first. */
export const allFormats: readonly Format[] = [
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
