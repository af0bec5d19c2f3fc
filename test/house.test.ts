import { describe, expect, it } from 'vitest';
import {
  fileCircles,
  importsUp,
  notNamedAsExport,
  notPlugins,
  pluginsNamed,
  roomsWithoutFloor,
  shadowsOfRxjs,
} from '../scripts/survey/measure.ts';
import { readTree } from '../scripts/survey/readTree.ts';

/** The rules that hold of every file of src/; `npm run survey` prints what is only measured. */
const files = readTree('.', 'src');

describe('src', () => {
  it('is read', () => {
    expect(files.length).toBeGreaterThan(300);
    expect(files.every(({ exports, path }) => exports.length > 0 || /main\.ts|worker\.ts|\.d\.ts/.test(path))).toBe(true);
  });

  it('has no circle of imports, types included', () => {
    expect(fileCircles(files)).toEqual([]);
  });

  it('imports one way: no file imports a room above its own, and every room has its place in the order', () => {
    expect(roomsWithoutFloor(files)).toEqual([]);
    expect(importsUp(files)).toEqual([]);
  });

  it('names a plug-in in the entry, the command line and lists of plug-ins only', () => {
    expect(pluginsNamed(files)).toEqual([]);
  });

  it('names each file as one of its exports, but for those that scripts/survey/rooms.ts lists with a reason', () => {
    expect(notNamedAsExport(files)).toEqual([]);
  });

  it('has plug-ins only in the folders of plug-ins: none there imports another', () => {
    expect(notPlugins(files)).toEqual([]);
  });

  it('exports no name that means something else in RxJS', () => {
    expect(shadowsOfRxjs(files)).toEqual([]);
  });
});
