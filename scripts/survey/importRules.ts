import { basename, dirname } from 'node:path/posix';
import { floors, formerRooms, knowPlugins, pluginFolders } from './rooms.ts';

/** The room of a file of src/: the folder in src/ that it is below, or its own name where it lies in src/ itself. */
export function roomOf(path: string): string {
  const [, first = ''] = path.split('/');
  const room = first.replace(/\.ts$/, '');
  return formerRooms[room] ?? room;
}

/** Counted from the bottom; -1 for a room that is not in the order. */
export const floorOf = (room: string): number => floors.findIndex((rooms) => rooms.includes(room));

export const isPlugin = (path: string): boolean => pluginFolders.includes(basename(dirname(path)));

/** Whether one file of src/ imports another against the order of the rooms; the entry is above them all. */
export const runsUp = (from: string, to: string): boolean => floorOf(roomOf(to)) > floorOf(roomOf(from));

/** Whether one file of src/ imports a plug-in although it should know no more than the port. */
export const namesPlugin = (from: string, to: string): boolean =>
  isPlugin(to) && !isPlugin(from) && !knowPlugins.some(({ path }) => path.test(from));

/** Why a file of src/ may not import another one; undefined where it may. */
export function whyNot(from: string, to: string): string | undefined {
  if (runsUp(from, to)) {
    return `${from} imports ${to}, which is in a room above its own. The order of the rooms is in scripts/survey/rooms.ts.`;
  }
  if (namesPlugin(from, to)) return `${from} imports the plug-in ${to}. A stage imports the port; pipelines and the entry import plug-ins.`;
  return undefined;
}
