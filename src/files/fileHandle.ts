import type { open } from 'node:fs/promises';

/** How a file is opened: that of Node, or one that fails where a test says so. */
export type OpenFile = typeof open;
export type FileHandle = Awaited<ReturnType<OpenFile>>;
